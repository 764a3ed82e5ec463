// What the rows of views must be, by the log alone.
#pragma once

#include "actors/shard_map.hpp"
#include "actors/token.hpp"
#include "actors/view_type.hpp"
#include "tests/kit/simulated_database.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stele::simulated {

/// Finds out itself which events belong to which row, from the whole log, without the code under test.
class expected_rows {
public:
  using events = std::vector<const recorded_event*>;

  explicit expected_rows(kit::simulated_database& database) : database_(database) {}

  /// The events of each row, in the order they are folded in. Until the next event is stored.
  const std::map<std::string, events>& of(const view_type& view);

  /// Whether a row that holds the events before `next`, and not `next`, may hold everything that `wanted` names.
  bool may_lack(const view_type& view, const recorded_event& next, const token& wanted) const;

  /// The shard to tell the story of, when that row is wrong.
  shard_number shard_of_row(const view_type& view, const std::string& key) const;

  static std::optional<row_values> fold(const view_type& view, const std::string& key, const events& of);

private:
  struct known_rows {
    std::optional<std::size_t> stored; ///< How long the log was.
    std::map<std::string, events> rows;
  };

  std::map<std::string, events> by_stream(const view_type& view) const;
  std::map<std::string, events> by_key(const view_type& view) const;

  kit::simulated_database& database_;
  std::map<std::string, known_rows> known_; ///< By view.
};

} // namespace stele::simulated
