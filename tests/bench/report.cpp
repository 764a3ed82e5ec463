// What scripts/bench asks: which programs to run, and what came out.
//   report plan quick|usual|full [NAME…]     PROGRAM NAMES ROUNDS SECONDS, a line each
//   report table FILE all|named              the table of what the programs printed
//   report page FILE POSTGRESQL              docs/benchmarks.md
#include "tests/bench/report/plan.hpp"
#include "tests/bench/report/table.hpp"

#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

using words = std::vector<std::string>;

bench::scale scale_of(const std::string& word) {
  if (word == "quick") return bench::scale::quick;
  if (word == "usual") return bench::scale::usual;
  if (word == "full") return bench::scale::full;
  throw std::runtime_error("`" + word + "` is no scale; wanted quick, usual or full");
}

void print_plan(const words& given) {
  const std::set<std::string> only(given.begin() + 2, given.end());
  for (const std::string& name : only)
    if (!bench::find_measure(name)) {
      std::string known;
      for (const auto& it : bench::catalogue()) known += " " + it.name;
      throw std::runtime_error("there is no measure `" + name + "`; there are" + known);
    }
  for (const auto& it : bench::plan(scale_of(given[1]), only))
    std::cout << it.program << ' ' << it.names << ' ' << it.rounds << ' ' << it.seconds << '\n';
}

std::vector<bench::verdict> verdicts(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("`" + file + "` can't be read");
  return bench::judge(bench::read_results(in));
}

int run(const words& given) {
  if (given.size() >= 2 && given[0] == "plan")
    print_plan(given);
  else if (given.size() == 3 && given[0] == "table")
    std::cout << bench::text_table(verdicts(given[1]), given[2] == "named");
  else if (given.size() == 3 && given[0] == "page")
    std::cout << bench::page(verdicts(given[1]), bench::facts_here(given[2]));
  else
    throw std::runtime_error(
        "usage: report plan quick|usual|full [NAME…] | table FILE all|named | page FILE POSTGRESQL");
  return 0;
}

} // namespace

int main(int count, char** arguments) try {
  return run(words(arguments + 1, arguments + count));
} catch (const std::runtime_error& it) {
  std::cerr << it.what() << '\n';
  return 2;
}
