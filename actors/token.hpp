// What a reply carries and a query may wait for: positions of one history.
#pragma once

#include "persistence/identifiers.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele {

/// Positions of shards in one history. Clients carry it as text and never look inside.
///
/// Text: base64url without padding of format byte, history, pairs as varints in ascending order of the shard, and four
/// bytes of XXH3 as a checksum. A token leaks nothing but positions.
struct token {
  uuid history;
  std::vector<std::pair<shard_number, shard_position>> positions; ///< Ascending by shard, each shard once.

  bool empty() const { return positions.empty(); }
  friend bool operator==(const token&, const token&) = default;
};

/// The token of one position.
token make_token(const uuid& history, shard_number shard, shard_position position);

/// Into `into`: the greater position of each shard. Both of one history; an empty one takes the other's.
void merge(token& into, const token& other);

std::string to_text(const token& it);

/// Nothing when `text` is damaged, of an unknown format, out of order or holds more than 64 pairs.
std::optional<token> parse_token(std::string_view text);

} // namespace stele
