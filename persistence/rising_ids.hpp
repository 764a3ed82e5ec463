// Makes ids for commands, each greater than all before it.
#pragma once

#include "persistence/identifiers.hpp"

#include <algorithm>
#include <atomic>

namespace stele {

/// An aggregate remembers the greatest command ids of its stream, and must look a lower one up in the store. Ids of one
/// millisecond in any order would make it do so for most of the commands that many callers send to it at a time. These
/// are UUIDv7 whose time, with a count of 4096 in each millisecond, only ever rises. Safe from any thread.
class rising_ids {
public:
  uuid next(unix_ms now, std::uint64_t random) {
    const std::uint64_t earliest = static_cast<std::uint64_t>(now) << count_bits;
    std::uint64_t last = last_.load(std::memory_order_relaxed), mine = 0;
    do mine = std::max(last + 1, earliest);
    while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));
    return make_uuid_v7(static_cast<unix_ms>(mine >> count_bits), front(mine & ((1u << count_bits) - 1)), random);
  }

private:
  static constexpr int count_bits = 12; ///< As many as a UUIDv7 has between its time and its variant.

  /// As `make_uuid_v7` takes it: the first byte holds the upper four bits.
  static std::uint64_t front(std::uint64_t count) { return count >> 8 | (count & 0xFF) << 8; }

  std::atomic<std::uint64_t> last_{0};
};

} // namespace stele
