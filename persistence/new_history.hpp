// The identity of a store that is being made.
#pragma once

#include "persistence/identifiers.hpp"

#include <chrono>
#include <random>

namespace stele {

/// A new UUIDv7 from the machine's clock and entropy. Made once in the life of a store.
inline uuid new_history() {
  std::random_device entropy;
  const auto word = [&] { return std::uint64_t{entropy()} << 32 | entropy(); };
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return make_uuid_v7(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), word(), word());
}

} // namespace stele
