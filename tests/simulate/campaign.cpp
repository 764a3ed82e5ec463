#include "tests/simulate/campaign.hpp"

#include "tests/simulate/counter_domain.hpp"
#include "tests/simulate/processes.hpp"

#include <algorithm>
#include <sstream>

namespace stele::simulated {

namespace {

constexpr std::size_t processes = 2;
constexpr std::uint64_t seeds_run_twice = 50; ///< Each of so many: it must leave the same trace.

std::string to_text(const findings& it) {
  std::ostringstream text;
  text << it.seeds << ' ' << it.steps << ' ' << it.commands << ' ' << it.stored;
  for (const std::uint64_t count : it.seen) text << ' ' << count;
  for (const std::uint64_t seed : it.broken) text << ' ' << seed;
  return text.str();
}

findings from_text(const std::string& text) {
  std::istringstream in(text);
  findings it;
  in >> it.seeds >> it.steps >> it.commands >> it.stored;
  for (std::uint64_t& count : it.seen) in >> count;
  for (std::uint64_t seed; in >> seed;) it.broken.push_back(seed);
  return it;
}

findings run_part(const campaign& it, std::size_t part) {
  findings found;
  for (std::uint64_t i = part; i < it.seeds; i += processes) {
    const run_result result = run(make_plan(it.from + i, it.steps), counter_domain());
    found.add(result);
    if (result.breach ||
        (i % seeds_run_twice == 0 && run(make_plan(it.from + i, it.steps), counter_domain()).hash != result.hash))
      found.broken.push_back(it.from + i);
  }
  return found;
}

} // namespace

void findings::add(const run_result& it) {
  ++seeds;
  steps += it.steps;
  commands += it.commands;
  stored += it.stored;
  for (std::size_t i = 0; i < seen.size(); ++i) seen[i] += it.seen[i];
}

void findings::add(const findings& it) {
  seeds += it.seeds;
  steps += it.steps;
  commands += it.commands;
  stored += it.stored;
  for (std::size_t i = 0; i < seen.size(); ++i) seen[i] += it.seen[i];
  broken.insert(broken.end(), it.broken.begin(), it.broken.end());
  std::sort(broken.begin(), broken.end());
}

findings run_all(const campaign& it) {
  findings all;
  for (const std::string& part : in_processes(processes, [&](std::size_t i) { return to_text(run_part(it, i)); }))
    all.add(from_text(part));
  return all;
}

std::uint64_t first_broken(const campaign& it) {
  for (std::uint64_t i = 0; i < it.seeds; ++i)
    if (run(make_plan(it.from + i, it.steps), counter_domain()).breach) return it.from + i;
  return 0;
}

} // namespace stele::simulated
