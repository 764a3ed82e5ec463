// The log a history is held against, as a check reads it.
#pragma once

#include "app/check/snapshots.hpp"

#include <functional>

namespace stele::check {

/// Events of each shard in the order of their positions. A test makes one of any events, broken ones too.
struct log_source {
  uuid history;
  std::uint32_t shards = 0;
  std::uint64_t events = 0; ///< About how many there are.
  kept_states snapshots;
  std::function<stored<done>(shard_number, const std::function<void(const recorded_event&)>&)> read;
};

/// Of an open store, which must outlive it, with the snapshots of what is hosted.
stored<log_source> log_of(store& storage, const registry& hosted);

} // namespace stele::check
