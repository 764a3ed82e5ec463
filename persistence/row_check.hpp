// What every store checks of rows, selections and views before it touches them.
#pragma once

#include "persistence/store_error.hpp"
#include "persistence/view_store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stele {

/// A condition whose column was found and whose value fits it.
struct checked_condition {
  std::size_t column = 0;
  comparison how = comparison::equal;
  field_value value; ///< For `contains`: ASCII letters in lower case.
};

struct checked_order {
  std::size_t column = 0;
  bool descending = false;
};

/// A selection with names resolved. The order ends with the key.
struct checked_selection {
  std::vector<std::vector<checked_condition>> where;
  std::vector<checked_order> order_by;
  std::uint64_t offset = 0, limit = 20;
};

/// Fails with `refused` and names the column, the value or the page that doesn't fit.
stored<checked_selection> check_selection(const table_schema& schema, const row_selection& what);

/// Fails with `conflict` when a row of the write doesn't fit the schema, with `refused` when no move speaks of its
/// shard. Whole numbers in `real` columns become real, so that every store gives the same value back.
stored<done> check_write(const table_schema& schema, std::uint32_t shards, view_write& what);

/// Fails with `refused` when a table can't be made of the view: its name or a column's, an index of an unknown column.
stored<done> check_view(const view_definition& view);

/// `TEXT`, `INTEGER` or `REAL`: how a column lies in a store. Columns of one kind can be read for each other.
std::string_view storage_kind(column_type type);

/// `A`-`Z` in lower case, the rest as it is.
std::string fold_ascii(std::string_view text);

} // namespace stele
