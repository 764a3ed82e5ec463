// SQL text for the tables of views.
#pragma once

#include "persistence/postgres/view_tables.hpp"
#include "persistence/row_check.hpp"

namespace stele::postgres {

/// Column `c1`, `c2` … of the description, or null where the table lacks it.
std::string column_list(const table_schema& schema, const located_table& table);

/// The upsert of rows under their checkpoints. Places: view, generation, shards, from, to, the rows' shards, and an
/// array for each column. `together`: nothing moves unless every checkpoint is where its move begins.
std::string write_sql(const table_schema& schema, const located_table& table, bool together);

/// The statement of a selection, its values already in `values`. Columns: total, positions as text, then the row.
std::string select_sql(const view_definition& view, const located_table& table, const checked_selection& what,
                       parameters& values);

/// The checkpoints of a table, as a condition. A serving one is found by its state: a swap is never half seen.
std::string checkpoints_of(const located_table& table, parameters& values, const std::string& view);

} // namespace stele::postgres
