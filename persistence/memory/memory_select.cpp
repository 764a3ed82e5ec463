#include "persistence/memory/memory_select.hpp"

#include <algorithm>

namespace stele::memory {

namespace {

bool is_null(const field_value& value) { return std::holds_alternative<std::monostate>(value); }

bool holds(const checked_condition& it, const field_value& value) {
  if (it.how == comparison::equal) return value == it.value;
  if (it.how == comparison::not_equal) return value != it.value;
  if (is_null(value) || is_null(it.value)) return false;
  switch (it.how) {
  case comparison::less:
    return value < it.value;
  case comparison::less_equal:
    return value <= it.value;
  case comparison::greater:
    return value > it.value;
  case comparison::greater_equal:
    return value >= it.value;
  default:
    return fold_ascii(std::get<std::string>(value)).find(std::get<std::string>(it.value)) != std::string::npos;
  }
}

bool matches(const checked_selection& what, const row_values& row) {
  return std::all_of(what.where.begin(), what.where.end(), [&](const auto& group) {
    return std::any_of(group.begin(), group.end(), [&](const auto& it) { return holds(it, row[it.column]); });
  });
}

bool comes_before(const checked_selection& what, const row_values& a, const row_values& b) {
  for (const checked_order& by : what.order_by) {
    if (a[by.column] == b[by.column]) continue;
    return (a[by.column] < b[by.column]) != by.descending;
  }
  return false;
}

} // namespace

row_values arrange(const memory_table& table, const table_schema& schema, const row_values& row) {
  row_values arranged;
  arranged.reserve(schema.columns.size());
  for (const column& wanted : schema.columns) {
    const auto at = column_index(table.schema, wanted.name);
    arranged.push_back(at && storage_kind(table.schema.columns[*at].type) == storage_kind(wanted.type) ? row[*at]
                                                                                                       : field_value{});
  }
  return arranged;
}

row_page select_rows(const memory_table& table, const table_schema& schema, const checked_selection& what) {
  std::vector<row_values> found;
  for (const auto& [key, row] : table.rows)
    if (row_values arranged = arrange(table, schema, row); matches(what, arranged))
      found.push_back(std::move(arranged));
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return comes_before(what, a, b); });
  row_page page;
  page.total = found.size();
  for (std::uint64_t i = what.offset; i < found.size() && page.rows.size() < what.limit; ++i)
    page.rows.push_back(std::move(found[i]));
  return page;
}

} // namespace stele::memory
