#include "tests/simulate/report.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace stele::simulate {

namespace {

constexpr std::uint64_t seeds_that_see_everything = 1000;
constexpr std::size_t last_statements = 40;

std::string text_of(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

void print(const kit::chronicle::line& it) {
  std::printf("  %8.3f s  %s\n", static_cast<double>(it.at_us) / 1e6, it.words.c_str());
}

bool is_about(const kit::chronicle::line& it, const kit::chronicle::breach& breach) {
  return !it.deed && (!it.shard || !breach.shard || it.shard == breach.shard);
}

} // namespace

bool print(const campaign& it, const findings& found) {
  std::printf("seeds       %s (%s to %s)\nsteps       %s\ncommands    %s\nevents      %s\n",
              text_of(found.seeds).c_str(), text_of(it.from).c_str(), text_of(it.from + it.seeds - 1).c_str(),
              text_of(found.steps).c_str(), text_of(found.commands).c_str(), text_of(found.stored).c_str());
  bool complete = true;
  std::printf("rare states\n");
  for (std::size_t i = 0; i < found.seen.size(); ++i) {
    std::printf("  %10s  %s\n", text_of(found.seen[i]).c_str(), kit::rare_state_names[i]);
    complete = complete && found.seen[i] != 0;
  }
  std::printf("violations  %zu\n", found.broken.size());
  for (const std::uint64_t seed : found.broken) std::printf("  seed %" PRIu64 "\n", seed);
  if (complete || it.seeds < seeds_that_see_everything) return found.broken.empty();
  std::printf("A rare state never occurred: the campaign has proven less than it should.\n");
  return false;
}

void print_story(const plan& it, const run_result& result) {
  std::printf("seed %" PRIu64 ": %s\n", it.seed, in_words(it).c_str());
  if (!result.breach) return;
  std::printf("broke: %s, at %.3f s\n  %s\nwhat was done to the cluster\n", result.breach->promise.c_str(),
              static_cast<double>(result.breach->at_us) / 1e6, result.breach->found.c_str());
  std::vector<kit::chronicle::line> about;
  for (const auto& line : result.story) {
    if (line.deed) print(line);
    if (is_about(line, *result.breach)) about.push_back(line);
  }
  const std::string of = result.breach->shard ? " of shard " + std::to_string(*result.breach->shard) : "";
  std::printf("the last that happened%s\n", of.c_str());
  for (std::size_t i = about.size() - std::min(about.size(), last_statements); i < about.size(); ++i) print(about[i]);
}

} // namespace stele::simulate
