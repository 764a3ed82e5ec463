// Recent rows of one view in memory: what events are folded into, and what look-ups are answered from.
#pragma once

#include "persistence/identifiers.hpp"
#include "persistence/row.hpp"

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stele {

/// A row as it was folded; null when no event made one yet.
using shared_row = std::shared_ptr<const row_values>;

/// A row and where it stands.
struct cached_row {
  shared_row row;
  shard_number shard = 0;
  std::uint64_t round = 0;                  ///< The round of writes it was folded in; written once that round is.
  std::optional<std::uint64_t> stored_hash; ///< Kept by a rebuild: of the row this one replaces in the store.
};

/// Rows by key, least recently used first out. A row that is not written yet is never dropped for room.
/// Not safe by itself: one mutex (of `served_view`) is around it.
class row_cache {
public:
  explicit row_cache(std::size_t rows_max) : rows_max_(rows_max) {}

  /// Null when it is not here; does not say whether there is such a row.
  const cached_row* find(std::string_view key);

  void put(const std::string& key, cached_row row);

  /// All rounds up to this one are written; their rows may go.
  void written(std::uint64_t round) { written_round_ = round; }

  void drop(shard_number shard);
  void clear();
  std::size_t size() const { return by_key_.size(); }

private:
  using entries = std::list<std::pair<std::string, cached_row>>;

  void make_room();

  std::size_t rows_max_;
  std::uint64_t written_round_ = 0;
  entries entries_; ///< Most recently used first.
  std::unordered_map<std::string_view, entries::iterator> by_key_;
};

} // namespace stele
