// What a process under the shim is told about its disk and its clock; shared memory between it and the drill.
#pragma once

#include <atomic>
#include <cstdint>

namespace drill {

/// The content of the file that the variable `STELE_SHIM` names. Zeros: everything is as it is.
struct shim_control {
  std::atomic<std::int64_t> clock_ahead_ms; ///< The wall clock shows so much more, or less.
  std::atomic<std::int64_t> sync_ms;        ///< Each fsync and fdatasync takes so much longer,
  std::atomic<std::int64_t> syncs_to_fail;  ///< and so many of them fail with EIO.
};

static_assert(std::atomic<std::int64_t>::is_always_lock_free, "two processes share them");

} // namespace drill
