#include "persistence/row_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>

namespace stele {

namespace {

constexpr std::size_t conditions_max = 200;
constexpr std::size_t name_bytes_max = 100;

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }
store_error misfit(std::string what) { return {store_fault::conflict, std::move(what)}; }

const char* words(column_type type) {
  switch (type) {
  case column_type::text:
    return "text";
  case column_type::integer:
    return "a whole number";
  case column_type::real:
    return "a number";
  case column_type::boolean:
    return "true or false";
  case column_type::money:
    return "an amount";
  case column_type::timestamp:
    return "a time";
  case column_type::json:
    return "JSON";
  }
  return "?";
}

bool is_text(column_type type) { return type == column_type::text || type == column_type::json; }

/// Makes `value` the form the column keeps; false when it can't.
bool fit(column_type type, field_value& value) {
  if (std::holds_alternative<std::monostate>(value)) return true;
  if (is_text(type)) return std::holds_alternative<std::string>(value);
  if (type != column_type::real) return std::holds_alternative<std::int64_t>(value);
  if (auto* whole = std::get_if<std::int64_t>(&value)) value = static_cast<double>(*whole);
  auto* real = std::get_if<double>(&value);
  return real && !std::isnan(*real);
}

stored<std::size_t> find_column(const table_schema& schema, const std::string& name) {
  if (auto at = column_index(schema, name)) return *at;
  return refused("view " + schema.name + " has no column " + name);
}

stored<checked_condition> check_condition(const table_schema& schema, const row_condition& it) {
  auto at = find_column(schema, it.column);
  if (!at) return at.error();
  const column& found = schema.columns[*at];
  checked_condition checked{*at, it.how, it.value};
  if (it.how == comparison::contains && !is_text(found.type))
    return refused("column " + it.column + " holds " + words(found.type) + "; only text can be searched with contains");
  if (!fit(found.type, checked.value))
    return refused("column " + it.column + " holds " + words(found.type) + "; compare it with a value of that kind");
  if (auto* text = std::get_if<std::string>(&checked.value); text && it.how == comparison::contains)
    *text = fold_ascii(*text);
  return checked;
}

stored<done> check_row(const table_schema& schema, row_values& row) {
  if (row.size() != schema.columns.size())
    return misfit("a row of view " + schema.name + " has " + std::to_string(schema.columns.size()) +
                  " columns, this one has " + std::to_string(row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const column& it = schema.columns[i];
    const bool null = std::holds_alternative<std::monostate>(row[i]);
    if (null && !it.nullable) return misfit("column " + it.name + " of view " + schema.name + " can't be null");
    if (!fit(it.type, row[i]))
      return misfit("column " + it.name + " of view " + schema.name + " holds " + words(it.type));
  }
  return done{};
}

bool is_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto plain = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= name_bytes_max && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), plain);
}

bool is_reserved(std::string_view name) {
  constexpr std::array reserved{"checkpoints", "events", "migrations", "retired", "snapshots", "store", "views"};
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end() || name.starts_with("sqlite_") ||
         name.starts_with("pg_");
}

} // namespace

std::string_view storage_kind(column_type type) {
  if (is_text(type)) return "TEXT";
  return type == column_type::real ? "REAL" : "INTEGER";
}

std::string fold_ascii(std::string_view text) {
  std::string folded(text);
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return folded;
}

stored<checked_selection> check_selection(const table_schema& schema, const row_selection& what) {
  if (what.page == 0 || what.page_size == 0) return refused("page and page_size count from 1");
  checked_selection checked;
  std::size_t conditions = 0;
  for (const auto& group : what.where) {
    auto& into = checked.where.emplace_back();
    for (const row_condition& it : group) {
      auto condition = check_condition(schema, it);
      if (!condition) return condition.error();
      into.push_back(std::move(*condition));
    }
    if ((conditions += group.size()) > conditions_max)
      return refused("a selection has at most " + std::to_string(conditions_max) + " conditions");
  }
  for (const row_order& it : what.order_by) {
    auto at = find_column(schema, it.column);
    if (!at) return at.error();
    checked.order_by.push_back({*at, it.descending});
  }
  checked.order_by.push_back({0, false});
  checked.limit = what.page_size;
  checked.offset = std::uint64_t{what.page - 1} * what.page_size;
  return checked;
}

stored<done> check_write(const table_schema& schema, std::uint32_t shards, view_write& what) {
  std::set<shard_number> moved;
  for (const checkpoint_move& move : what.moves) {
    if (move.shard >= shards || move.to < move.from)
      return refused("a checkpoint of view " + schema.name + " moves forward in a shard below " +
                     std::to_string(shards));
    if (!moved.insert(move.shard).second)
      return refused("shard " + std::to_string(move.shard) + " moves twice in one write of view " + schema.name);
  }
  for (row_write& it : what.rows) {
    if (!moved.count(it.shard))
      return refused("a row of shard " + std::to_string(it.shard) + " came without a move of its checkpoint");
    if (auto fits = check_row(schema, it.row); !fits) return fits.error();
  }
  return done{};
}

stored<done> check_view(const view_definition& view) {
  const table_schema& schema = view.schema;
  if (!is_name(schema.name) || schema.name.find("__") != std::string::npos || is_reserved(fold_ascii(schema.name)))
    return refused("a view can't be called " + schema.name +
                   ": letters, digits and single underscores, and none of the store's own names");
  if (schema.columns.empty() || schema.columns[0].type != column_type::text || schema.columns[0].nullable)
    return refused("the first column of view " + schema.name + " is its key: text, never null");
  std::set<std::string> names;
  for (const column& it : schema.columns)
    if (!is_name(it.name) || !names.insert(fold_ascii(it.name)).second)
      return refused("view " + schema.name + ": column " + it.name + " is no plain name, or stands there twice");
  for (const auto& index : schema.indexes) {
    if (index.empty()) return refused("view " + schema.name + ": an index has at least one column");
    for (const std::string& name : index)
      if (auto at = find_column(schema, name); !at) return at.error();
  }
  return done{};
}

} // namespace stele
