// Many runs of one domain, and what came of them.
#pragma once

#include "tests/kit/simulated/run.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stele::simulated {

struct seeds {
  std::uint64_t count = 200, from = 1;
  std::size_t steps = 2000; ///< Of each run; healing comes after them.
};

struct simulation_result {
  std::uint64_t runs = 0, steps = 0, commands = 0, events = 0;
  std::uint64_t trace_hash = 0;       ///< Of the last run: the same each time.
  std::vector<std::uint64_t> failing; ///< Seeds, ascending.
  std::string first;                  ///< The story of the first of them, made small.

  std::size_t violations() const { return failing.size(); }

  /// What happened in the first failing run, and how to run it alone. Empty: nothing failed.
  const std::string& story() const { return first; }
};

/// Runs them one after the other in this thread. `alone`: the line that runs one seed of the caller alone; it stands in
/// the story. Where the environment has a STELE_SEED, only that one is run, and its trace hash is printed.
simulation_result run_seeds(const domain& of, seeds which, const std::string& alone);

} // namespace stele::simulated
