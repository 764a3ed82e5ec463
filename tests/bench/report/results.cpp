#include "tests/bench/report/results.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace bench {

namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

[[noreturn]] void not_understood(const std::string& line) {
  throw std::runtime_error("a benchmark printed `" + line +
                           "`; wanted `round NAME STELE BARE` or `wrong NAME COUNT`, "
                           "with the name of a measure in tests/bench/report/catalogue.cpp");
}

void read_line(const std::string& line, results& into) {
  std::istringstream words(line);
  std::string kind, name;
  words >> kind >> name;
  if (!find_measure(name)) not_understood(line);
  results::round it;
  std::size_t count = 0;
  if (kind == "round" && words >> it.stele >> it.bare)
    into.rounds[name].push_back(it);
  else if (kind == "wrong" && words >> count)
    into.wrong[name] += count;
  else
    not_understood(line);
}

bool reaches(const goal& wanted, const verdict& it) {
  switch (wanted.kind) {
  case goal_kind::ratio_at_least:
    return it.ratio >= wanted.limit;
  case goal_kind::ratio_at_most:
    return it.ratio <= wanted.limit;
  case goal_kind::value_at_most:
    break;
  }
  return it.stele <= wanted.limit;
}

verdict judge_rounds(const measure& of, const std::vector<results::round>& rounds) {
  std::vector<double> stele, bare, ratios;
  for (const auto& it : rounds) {
    stele.push_back(it.stele);
    bare.push_back(it.bare);
    ratios.push_back(of.wanted.kind == goal_kind::value_at_most ? it.stele : it.stele / it.bare);
  }
  verdict it{&of, standing::missed, median(stele), median(bare), median(ratios), 0, 0};
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  it.ratio_min = *least;
  it.ratio_max = *most;
  if (reaches(of.wanted, it)) it.how = standing::reached;
  return it;
}

} // namespace

results read_results(std::istream& lines) {
  results all;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) read_line(line, all);
  return all;
}

std::vector<verdict> judge(const results& of) {
  std::vector<verdict> all;
  for (const measure& it : catalogue()) {
    const auto found = of.rounds.find(it.name);
    verdict mine{&it};
    if (found != of.rounds.end()) mine = judge_rounds(it, found->second);
    if (of.wrong.count(it.name) != 0) mine.how = standing::wrong;
    all.push_back(mine);
  }
  return all;
}

} // namespace bench
