// Many seeds, in two processes, and what was seen in all of them.
#pragma once

#include "tests/kit/simulated/run.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stele::simulated {

struct campaign {
  std::uint64_t from = 1, seeds = 1000;
  std::size_t steps = 2000;
};

struct findings {
  std::uint64_t seeds = 0, steps = 0, commands = 0, stored = 0;
  std::array<std::uint64_t, kit::rare_states> seen{}; ///< How often.
  std::vector<std::uint64_t> broken;                  ///< Seeds, ascending.

  void add(const run_result& it);
  void add(const findings& it);
};

findings run_all(const campaign& it);

/// The first seed that breaks a promise, of at most so many; 0: none does.
std::uint64_t first_broken(const campaign& it);

} // namespace stele::simulated
