// Runs simulated clusters: docs/simulation.md.
#include "tests/kit/simulated/story.hpp"
#include "tests/simulate/campaign.hpp"
#include "tests/simulate/counter_domain.hpp"
#include "tests/simulate/processes.hpp"
#include "tests/simulate/report.hpp"
#include "tests/simulate/sabotages.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

namespace stele::simulated {
namespace {

constexpr const char* usage =
    "usage: simulate [--seeds N] [--from K] [--steps M]   N seeds from K on, 1,000 by default, M steps each\n"
    "       simulate --seed K [--steps M]                one seed: its trace hash, and its story if it fails\n"
    "       simulate --sabotage all|NAME [--seeds N]     each mistake made on purpose must be found in 1,000\n";

struct options {
  campaign of;
  std::optional<std::uint64_t> seed;
  std::string sabotage;
};

constexpr std::uint64_t sabotage_seeds = 1000; ///< A mistake is looked for in so many.

/// Nothing when they can't be understood.
std::optional<options> read(int count, char** words) {
  options it;
  bool said = false; // How many seeds.
  for (int i = 1; i < count; i += 2) {
    const std::string name = words[i];
    if (i + 1 == count) return std::nullopt;
    const std::string value = words[i + 1];
    if (name == "--sabotage") {
      it.sabotage = value;
      if (!said) it.of.seeds = sabotage_seeds;
      continue;
    }
    char* end = nullptr;
    const std::uint64_t number = std::strtoull(value.c_str(), &end, 10);
    if (*end != 0 || value.empty()) return std::nullopt;
    if (name == "--seeds")
      it.of.seeds = number, said = true;
    else if (name == "--from")
      it.of.from = number;
    else if (name == "--steps")
      it.of.steps = static_cast<std::size_t>(number);
    else if (name == "--seed")
      it.seed = number;
    else
      return std::nullopt;
  }
  return it;
}

/// The story of a failing seed, shrunk.
void tell(const plan& it) { std::fputs(shrunk_story_of(it, counter_domain()).c_str(), stdout); }

bool run_one(std::uint64_t seed, std::size_t steps) {
  const plan it = make_plan(seed, steps);
  const run_result result = run(it, counter_domain());
  std::printf("seed %" PRIu64 ": %s\n%zu steps, %zu commands, %zu events\ntrace hash %016" PRIx64 "\n", seed,
              in_words(it).c_str(), result.steps, result.commands, result.stored, result.hash);
  if (!result.breach) return true;
  std::printf("broke: %s\n  %s\n", result.breach->promise.c_str(), result.breach->found.c_str());
  tell(it);
  return false;
}

bool run_many(const campaign& it) {
  const findings found = run_all(it);
  const bool well = print(it, found);
  if (!found.broken.empty()) tell(make_plan(found.broken.front(), it.steps));
  return well;
}

/// `seed promise`, or nothing when it was not found.
std::string try_sabotage(const campaign& it, std::string_view name) {
  make_mistake(name);
  const std::uint64_t seed = first_broken(it);
  if (seed == 0) return "";
  return std::to_string(seed) + " " + run(make_plan(seed, it.steps), counter_domain()).breach->promise;
}

bool run_sabotages(const campaign& it, const std::string& name) {
  std::vector<sabotage> chosen;
  for (const sabotage& one : sabotages())
    if (name == "all" || name == one.name) chosen.push_back(one);
  if (chosen.empty()) {
    std::printf("no sabotage is named %s; there are:\n", name.c_str());
    for (const sabotage& one : sabotages()) std::printf("  %s\n", std::string(one.name).c_str());
    return false;
  }
  std::printf("%-36s %6s  %-42s %s\n", "sabotage", "seeds", "broke", "the mistake");
  std::vector<std::uint64_t> needed;
  for (std::size_t i = 0; i < chosen.size(); i += 2) {
    const std::size_t count = std::min<std::size_t>(2, chosen.size() - i);
    const auto results = in_processes(count, [&](std::size_t j) { return try_sabotage(it, chosen[i + j].name); });
    for (std::size_t j = 0; j < count; ++j) {
      const sabotage& one = chosen[i + j];
      const std::size_t space = results[j].find(' ');
      const bool caught = space != std::string::npos;
      if (caught) needed.push_back(std::stoull(results[j]) - it.from + 1);
      std::printf("%-36s %6s  %-42s %s\n", std::string(one.name).c_str(),
                  caught ? std::to_string(needed.back()).c_str() : "-",
                  caught ? results[j].substr(space + 1).c_str() : "NOT CAUGHT", std::string(one.mistake).c_str());
      std::fflush(stdout);
    }
  }
  std::sort(needed.begin(), needed.end());
  if (!needed.empty()) std::printf("median of seeds needed: %" PRIu64 "\n", needed[needed.size() / 2]);
  return needed.size() == chosen.size();
}

} // namespace
} // namespace stele::simulated

int main(int count, char** words) {
  using namespace stele::simulated;
  std::cout.rdbuf(nullptr); // CAF tells of each actor that dies; many do, on purpose.
  const auto options = read(count, words);
  if (!options) {
    std::fputs(usage, stderr);
    return 2;
  }
  if (!options->sabotage.empty() && !options->seed) return run_sabotages(options->of, options->sabotage) ? 0 : 1;
  make_mistake(options->sabotage);
  if (options->seed) return run_one(*options->seed, options->of.steps) ? 0 : 1;
  return run_many(options->of) ? 0 : 1;
}
