// What the programs printed, gathered by measure and held against the goals.
#pragma once

#include "tests/bench/report/catalogue.hpp"

#include <istream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// Lines of the programs:
///
///     round NAME STELE BARE     one round; BARE is 0 where nothing is beside it
///     wrong NAME COUNT          answers that were refused or not what they had to be: the round says nothing
struct results {
  struct round {
    double stele = 0, bare = 0;
  };
  std::map<std::string, std::vector<round>> rounds; ///< By name of the measure.
  std::map<std::string, std::size_t> wrong;
};

/// Throws `std::runtime_error` at a line it doesn't understand, and at a measure nobody has heard of.
results read_results(std::istream& lines);

enum class standing { reached, missed, wrong, skipped };

/// One line of the table.
struct verdict {
  const measure* of = nullptr;
  standing how = standing::skipped;
  double stele = 0, bare = 0; ///< Medians.
  double ratio = 0, ratio_min = 0,
         ratio_max = 0; ///< Of rounds, each with its own bare; where nothing is beside it, of values.
};

/// Of every measure of the catalogue, in its order.
std::vector<verdict> judge(const results& of);

} // namespace bench
