// A view with a column of every kind, and its rows.
#pragma once

#include "persistence/view_store.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

inline view_definition example_view(std::string name = "example_views") {
  view_definition view;
  view.schema.name = std::move(name);
  view.schema.columns = {{"id", column_type::text, false},
                         {"title", column_type::text, true},
                         {"count", column_type::integer, true},
                         {"weight", column_type::real, true},
                         {"open", column_type::boolean, true},
                         {"amount", column_type::money, true},
                         {"changed_at", column_type::timestamp, true},
                         {"extra", column_type::json, true}};
  view.schema.indexes = {{"title"}, {"count", "amount"}};
  view.aggregate = "example";
  view.description_hash = 42;
  return view;
}

/// A row of which only some columns matter.
inline row_values example_row(std::string id, field_value title = {}, field_value count = {}, field_value weight = {}) {
  return {std::move(id), std::move(title), std::move(count), std::move(weight), {}, {}, {}, {}};
}

/// Rows of one shard under one move of its checkpoint.
inline view_write one_shard(view_table table, checkpoint_move move, std::vector<row_values> rows) {
  view_write what{std::move(table), {move}, {}};
  for (row_values& row : rows) what.rows.push_back({move.shard, std::move(row)});
  return what;
}

inline row_selection where(std::string column, comparison how, field_value value) {
  row_selection what;
  what.where = {{{std::move(column), how, std::move(value)}}};
  what.page_size = 100;
  return what;
}

/// The keys of rows, in their order.
inline std::vector<std::string> keys_of(const std::vector<row_values>& rows) {
  std::vector<std::string> keys;
  for (const row_values& row : rows) keys.push_back(std::get<std::string>(row[0]));
  return keys;
}

/// Texts that break whoever builds SQL by hand or forgets a length.
inline std::vector<std::string> hostile_texts() {
  using namespace std::string_literals;
  return {"",
          "'; DROP TABLE events; --",
          "\"quoted\"",
          "100%",
          "a_b",
          "back\\slash",
          "nul\0inside"s,
          "line\nend",
          "tab\there",
          "?1",
          ":name $1",
          "\xC3\x84rger",
          "\xF0\x9F\x8E\xBB",
          "  spaces  ",
          "NULL",
          "0",
          std::string(70'000, 'x')};
}

} // namespace stele::kit
