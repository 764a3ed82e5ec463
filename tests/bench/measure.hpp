// What every benchmark program is given and prints: a line a round, which `report` makes a table of.
#pragma once

#include "tests/bench/report/catalogue.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

namespace bench {

/// `PROGRAM SCALE NAMES ROUNDS SECONDS POSTGRESQL`: the measures to take, their names with commas between, and the
/// address of a server to fill and empty.
struct assignment {
  scale how_much = scale::usual;
  std::set<std::string> names;
  int rounds = 1;
  double seconds = 1;
  std::string postgres;

  bool has(const std::string& name) const { return names.count(name) != 0; }
  double warm() const { return seconds * 0.3; } ///< Before what is measured, for pools, caches and plans.
};

inline assignment read_assignment(int count, char** arguments) {
  if (count != 6) throw std::runtime_error("usage: PROGRAM quick|usual|full NAME,NAME… ROUNDS SECONDS POSTGRESQL");
  assignment it;
  const std::string how_much = arguments[1];
  it.how_much = how_much == "quick" ? scale::quick : how_much == "full" ? scale::full : scale::usual;
  std::istringstream names(arguments[2]);
  for (std::string name; std::getline(names, name, ',');) it.names.insert(name);
  it.rounds = std::atoi(arguments[3]);
  it.seconds = std::atof(arguments[4]);
  it.postgres = arguments[5];
  return it;
}

inline void print_round(const std::string& name, double stele, double bare) {
  std::printf("round %s %.6g %.6g\n", name.c_str(), stele, bare);
  std::fflush(stdout);
}

/// Answers that were refused, or not what they had to be.
inline void print_wrong(const std::string& name, std::size_t count) {
  if (count == 0) return;
  std::printf("wrong %s %zu\n", name.c_str(), count);
  std::fflush(stdout);
}

/// The `main` of a program. Whatever was measured slowly is still well; what could not be measured is not.
template <class Run>
int run_bench(int count, char** arguments, Run run) try {
  run(read_assignment(count, arguments));
  return 0;
} catch (const std::exception& it) {
  std::fprintf(stderr, "%s: %s\n", arguments[0], it.what());
  return 1;
}

} // namespace bench
