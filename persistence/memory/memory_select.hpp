// Selects rows of a memory table.
#pragma once

#include "persistence/memory/memory_disk.hpp"
#include "persistence/row_check.hpp"

namespace stele::memory {

/// A row in the order of `schema`'s columns; null where the table has no column of that name.
row_values arrange(const memory_table& table, const table_schema& schema, const row_values& row);

/// The page of `what` and its total. `schema` is the one that `what` was checked against.
row_page select_rows(const memory_table& table, const table_schema& schema, const checked_selection& what);

} // namespace stele::memory
