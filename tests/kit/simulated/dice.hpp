// Choices from a seed: the same seed, the same choices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace stele::simulated {

class dice {
public:
  explicit dice(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15u + 1) {}

  std::uint64_t next() { return engine_(); }
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); } ///< In [0, `end`).
  bool one_in(std::size_t in) { return below(in) == 0; }

  template <class T>
  T of(std::initializer_list<T> these) {
    return these.begin()[below(these.size())];
  }

private:
  std::mt19937_64 engine_;
};

} // namespace stele::simulated
