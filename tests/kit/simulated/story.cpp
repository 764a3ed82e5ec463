#include "tests/kit/simulated/story.hpp"

#include "tests/kit/simulated/shrink.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace stele::simulated {

namespace {

constexpr std::size_t last_statements = 40;

std::string seconds(std::int64_t us) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", static_cast<double>(us) / 1e6);
  return text.data();
}

std::string text_of(const kit::chronicle::line& it) {
  const std::string at = seconds(it.at_us);
  return "  " + std::string(at.size() < 10 ? 10 - at.size() : 0, ' ') + at + "  " + it.words + "\n";
}

bool is_about(const kit::chronicle::line& it, const kit::chronicle::breach& breach) {
  return !it.deed && (!it.shard || !breach.shard || it.shard == breach.shard);
}

} // namespace

std::string story_of(const plan& it, const run_result& result) {
  std::string text = "seed " + std::to_string(it.seed) + ": " + in_words(it) + "\n";
  if (!result.breach) return text;
  text += "broke: " + result.breach->promise + ", at " + seconds(result.breach->at_us) + "\n  " + result.breach->found +
          "\nwhat was done to the cluster\n";
  std::vector<kit::chronicle::line> about;
  for (const auto& line : result.story) {
    if (line.deed) text += text_of(line);
    if (is_about(line, *result.breach)) about.push_back(line);
  }
  text += "the last that happened";
  if (result.breach->shard) text += " of shard " + std::to_string(*result.breach->shard);
  text += "\n";
  for (std::size_t i = about.size() - std::min(about.size(), last_statements); i < about.size(); ++i)
    text += text_of(about[i]);
  return text;
}

std::string shrunk_story_of(const plan& it, const domain& of) {
  if (!run(it, of).breach)
    return "seed " + std::to_string(it.seed) + " broke nothing: it leaves another trace each time\n";
  const plan small = shrink(it, of);
  return std::to_string(small.actions.size()) + " of " + std::to_string(it.actions.size()) + " actions are enough\n" +
         story_of(small, run(small, of, true));
}

} // namespace stele::simulated
