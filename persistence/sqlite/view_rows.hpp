// The SQL of the rows of views.
#pragma once

#include "persistence/row_check.hpp"
#include "persistence/sqlite/view_tables.hpp"

namespace stele::sqlite {

/// Moves checkpoints that stand where they should and writes the rows of their shards; answers the shards that don't.
/// `refused` when the table was made from another description.
stored<std::vector<shard_number>> write_rows(connection& db, const view_definition& view, const located_table& table,
                                             const view_write& what);

read_rows read_by_key(connection& db, const table_schema& schema, const located_table& table,
                      const std::vector<std::string>& keys);

row_page select_rows(connection& db, const table_schema& schema, const located_table& table,
                     const checked_selection& what);

view_store::checksum sum_rows(connection& db, const table_schema& schema, const located_table& table);

} // namespace stele::sqlite
