#include "tests/simulate/report.hpp"

#include <cinttypes>
#include <cstdio>

namespace stele::simulated {

namespace {

constexpr std::uint64_t seeds_that_see_everything = 1000;

/// 1,234,567.
std::string text_of(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
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

} // namespace stele::simulated
