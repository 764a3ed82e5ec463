// Rows of views: written under their checkpoints, read by key, by condition, and summed.
#pragma once

#include "persistence/postgres/view_tables.hpp"
#include "persistence/row_check.hpp"

namespace stele::postgres {

/// Writes final rows and moves checkpoints in one statement: a row hangs on the move of its own shard. Answers the
/// shards whose checkpoint was elsewhere. The commit does not wait for the disk; the next append's does.
std::vector<shard_number> write_rows(connection& db, const view_definition& view, const located_table& table,
                                     const view_write& what);

read_rows read_by_key(connection& db, const table_schema& schema, const located_table& table,
                      const std::vector<std::string>& keys);

/// A page, the total and the checkpoints, from one statement and so from one moment.
selected_rows select_rows(connection& db, const view_definition& view, const located_table& table,
                          const checked_selection& what, std::uint32_t shards);

std::vector<shard_position> read_checkpoints(connection& db, const view_definition& view, const located_table& table,
                                             std::uint32_t shards);

view_store::checksum sum_rows(connection& db, const table_schema& schema, const located_table& table);

} // namespace stele::postgres
