// Random words that a seed repeats.
#pragma once

#include <cstdint>

namespace stele::load {

/// SplitMix64: small, fast, good enough to choose operations. Belongs to one thread.
class random_words {
public:
  explicit random_words(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// From 0 to below `end`, which is above 0 and small against 2^64.
  std::uint64_t below(std::uint64_t end) { return next() % end; }

private:
  std::uint64_t state_;
};

} // namespace stele::load
