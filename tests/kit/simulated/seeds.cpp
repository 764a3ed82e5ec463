#include "tests/kit/simulated/seeds.hpp"

#include "tests/kit/simulated/story.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace stele::simulated {

namespace {

constexpr std::uint64_t seeds_run_twice = 50; ///< Each of so many: it must leave the same trace.

/// CAF tells of each actor that dies; many do, on purpose.
class silence {
public:
  silence() : out_(std::cout.rdbuf(nullptr)) {}
  ~silence() { std::cout.rdbuf(out_); }
  silence(const silence&) = delete;
  silence& operator=(const silence&) = delete;

private:
  std::streambuf* out_;
};

/// The seed that somebody wants alone; 0: all.
std::uint64_t seed_alone() {
  const char* text = std::getenv("STELE_SEED");
  if (text == nullptr || *text == 0) return 0;
  char* end = nullptr;
  const std::uint64_t seed = std::strtoull(text, &end, 10);
  if (*end != 0 || seed == 0)
    throw std::invalid_argument("STELE_SEED: wanted the number of a seed, from 1 on, found " + std::string(text));
  return seed;
}

plan plan_for(const domain& of, std::uint64_t seed, std::size_t steps) {
  plan it = make_plan(seed, steps);
  it.reads = it.reads && !of.hosted.views.empty();
  return it;
}

void add(simulation_result& all, const run_result& it) {
  ++all.runs;
  all.steps += it.steps;
  all.commands += it.commands;
  all.events += it.stored;
  all.trace_hash = it.hash;
}

} // namespace

simulation_result run_seeds(const domain& of, seeds which, const std::string& alone) {
  const silence quiet;
  const std::uint64_t only = seed_alone();
  if (only != 0) which = {1, only, which.steps};
  simulation_result all;
  for (std::uint64_t i = 0; i < which.count; ++i) {
    const plan it = plan_for(of, which.from + i, which.steps);
    const run_result result = run(it, of);
    add(all, result);
    if (!result.breach && (i % seeds_run_twice != 0 || run(it, of).hash == result.hash)) continue;
    all.failing.push_back(it.seed);
    if (all.failing.size() == 1)
      all.first =
          shrunk_story_of(it, of) + "to run it alone: STELE_SEED=" + std::to_string(it.seed) + " " + alone + "\n";
  }
  if (only != 0) std::fprintf(stderr, "seed %" PRIu64 ", trace hash %016" PRIx64 "\n", only, all.trace_hash);
  return all;
}

} // namespace stele::simulated
