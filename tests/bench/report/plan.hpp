// Which programs run, with which of their measures.
#pragma once

#include "tests/bench/report/catalogue.hpp"

#include <set>
#include <string>
#include <vector>

namespace bench {

struct step {
  std::string program;
  std::string names; ///< Of its measures, with commas between.
  int rounds = 1;
  double seconds = 1; ///< Of each round, once for Stele and once for what is beside it.
};

/// One step a program, in the order of the catalogue. `only`: nothing else; empty: all.
std::vector<step> plan(scale how_much, const std::set<std::string>& only);

} // namespace bench
