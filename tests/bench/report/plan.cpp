#include "tests/bench/report/plan.hpp"

#include <algorithm>

namespace bench {

std::vector<step> plan(scale how_much, const std::set<std::string>& only) {
  std::vector<step> steps;
  for (const measure& it : catalogue()) {
    if (it.from > how_much || (!only.empty() && only.count(it.name) == 0)) continue;
    const auto mine =
        std::find_if(steps.begin(), steps.end(), [&](const step& other) { return other.program == it.program; });
    if (mine != steps.end())
      mine->names += "," + it.name;
    else
      steps.push_back({it.program, it.name, how_much == scale::quick ? 1 : 5, how_much == scale::quick ? 0.3 : 1.0});
  }
  return steps;
}

} // namespace bench
