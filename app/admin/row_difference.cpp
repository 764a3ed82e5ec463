#include "app/admin/row_difference.hpp"

namespace stele::admin {

namespace {

std::string value_json(const column& of, const field_value& value) {
  return row_json(table_schema{{}, {of}, {}}, {value});
}

// The first column in which two rows of one schema differ, as each has it.
std::string difference(const table_schema& schema, const row_values& found, const row_values& wanted) {
  for (std::size_t i = 0; i < schema.columns.size() && i < found.size() && i < wanted.size(); ++i)
    if (found[i] != wanted[i])
      return "found " + value_json(schema.columns[i], found[i]) + ", by its events " +
             value_json(schema.columns[i], wanted[i]);
  return "found " + std::to_string(found.size()) + " columns, wanted " + std::to_string(wanted.size());
}

} // namespace

void compare_row(findings& into, const table_schema& schema, const std::string& where,
                 const std::optional<row_values>& wanted, const std::optional<row_values>& found) {
  if (found == wanted) return;
  if (!found)
    into.add("row_missing", where + "there is none, by its events " + row_json(schema, *wanted));
  else if (!wanted)
    into.add("row_extra", where + "found " + row_json(schema, *found) + ", by its events there is none");
  else
    into.add("row_differs", where + difference(schema, *found, *wanted));
}

} // namespace stele::admin
