// What happens in a simulated run: a hash over every step, rare states, broken promises, and, if asked for, the story.
#pragma once

#include "persistence/identifiers.hpp"
#include "tests/kit/rare_states.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele::kit {

class chronicle {
public:
  struct line {
    std::int64_t at_us = 0;
    std::string words;
    std::optional<shard_number> shard; ///< Of which it speaks; none: of all.
    bool deed = false;                 ///< Done to the cluster, not by it.
  };

  struct breach {
    std::string promise, found;
    std::optional<shard_number> shard;
    std::int64_t at_us = 0;
  };

  explicit chronicle(std::function<std::int64_t()> now_us) : now_us_(std::move(now_us)) {}

  /// Everything that happens goes into the hash.
  void note(std::initializer_list<std::uint64_t> what) {
    for (const std::uint64_t it : what) hash_ = (hash_ ^ (it + (hash_ << 6) + (hash_ >> 2))) * 0x9E3779B97F4A7C15u;
  }
  void note(std::string_view text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  std::uint64_t hash() const { return hash_; }

  /// `words()` is made only when the story is kept.
  template <class Words>
  void tell(std::optional<shard_number> shard, Words words) {
    if (keeps_story) story.push_back({now_us_(), words(), shard, false});
  }
  template <class Words>
  void tell_deed(Words words) {
    if (keeps_story) story.push_back({now_us_(), words(), {}, true});
  }

  void saw(rare it) { ++seen[static_cast<std::size_t>(it)]; }

  void broke(std::string promise, std::string found, std::optional<shard_number> shard = {}) {
    breaches.push_back({std::move(promise), std::move(found), shard, now_us_()});
  }

  bool keeps_story = false;
  std::vector<line> story;
  std::array<std::uint64_t, rare_states> seen{};
  std::vector<breach> breaches;

private:
  std::function<std::int64_t()> now_us_;
  std::uint64_t hash_ = 0xCBF29CE484222325u;
};

/// The promises a run can break, as `docs/guarantees.md` names them.
namespace promise {
inline const std::string one_writer = "one writer a shard";
inline const std::string no_gaps = "positions and versions without gaps";
inline const std::string stays = "what was acknowledged is stored";
inline const std::string no_effect = "what was refused has no effect";
inline const std::string one_effect = "one effect for a command";
inline const std::string same_answer = "a repeat gets the same answer";
inline const std::string founded = "a refusal is founded on what was stored";
inline const std::string holds_token = "an answer holds everything up to its token";
inline const std::string rows_fold = "a row is the fold of its events";
inline const std::string rules_decide = "the rules decide every command";
inline const std::string serves = "a healed cluster serves again";
} // namespace promise

} // namespace stele::kit
