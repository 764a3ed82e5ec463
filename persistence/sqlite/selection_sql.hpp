// Selections of rows as SQL: bound parameters only.
#pragma once

#include "persistence/row_check.hpp"
#include "persistence/sqlite/view_tables.hpp"

namespace stele::sqlite {

/// `"a", "b", NULL`: the columns of the description, null where the table has none of that name.
std::string column_list(const table_schema& schema, const located_table& table);

/// The two statements of a selection; `values` are bound to both in order, then limit and offset to `page`.
struct selection_sql {
  std::string count, page;
  std::vector<field_value> values;
};

selection_sql to_sql(const table_schema& schema, const located_table& table, const checked_selection& what);

} // namespace stele::sqlite
