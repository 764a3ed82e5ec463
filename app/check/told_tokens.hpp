// The tokens of a history, eight bytes a position.
#pragma once

#include "actors/token.hpp"

#include <span>
#include <vector>

namespace stele::check {

/// A shard and a position in it.
class token_pair {
public:
  token_pair(std::uint64_t shard, std::uint64_t position) : both_(shard << 48 | position) {}
  shard_number shard() const { return static_cast<shard_number>(both_ >> 48); }
  shard_position position() const { return both_ & ((std::uint64_t{1} << 48) - 1); }

private:
  std::uint64_t both_;
};

class told_tokens {
public:
  /// Its number, from 1. Nothing when `text` is no token.
  std::optional<std::uint32_t> add(std::string_view text) {
    const auto read = parse_token(text);
    if (!read) return std::nullopt;
    for (const auto& [shard, position] : read->positions) pairs_.emplace_back(shard, position);
    ends_.push_back(pairs_.size());
    if (histories_.empty() || histories_.back() != read->history) histories_.push_back(read->history);
    history_of_.push_back(static_cast<std::uint32_t>(histories_.size() - 1));
    return static_cast<std::uint32_t>(ends_.size() - 1);
  }

  /// Ascending by shard; of number 0 none.
  std::span<const token_pair> pairs(std::uint32_t number) const {
    if (number == 0) return {};
    return {pairs_.data() + ends_[number - 1], pairs_.data() + ends_[number]};
  }
  const uuid& history(std::uint32_t number) const { return histories_[history_of_[number - 1]]; }

  shard_position position(std::uint32_t number, shard_number shard) const {
    for (const auto& it : pairs(number))
      if (it.shard() == shard) return it.position();
    return 0;
  }

private:
  std::vector<token_pair> pairs_;
  std::vector<std::size_t> ends_{0};
  std::vector<uuid> histories_;
  std::vector<std::uint32_t> history_of_;
};

} // namespace stele::check
