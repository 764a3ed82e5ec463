// Tables of views: made, found, swapped and put away.
#pragma once

#include "persistence/sqlite/connection.hpp"
#include "persistence/view_store.hpp"

namespace stele::sqlite {

/// Where a generation lies, and what of the current description its table has.
struct located_table {
  std::string name;             ///< Quoted.
  std::uint32_t generation = 1; ///< The one found: for readers perhaps a later one than asked for.
  std::vector<bool> has_column; ///< By column of the current description.
  bool current = true;          ///< Made from the current description.
};

/// `"name"` for SQL.
std::string quoted(std::string_view name);

/// Makes the table of a view that isn't there yet; drops a rebuild that was begun for another description or version.
view_status open_table(connection& db, const view_definition& view, std::uint32_t shards);

/// The same without a change; `refused` when there is no table.
stored<view_status> inspect_table(connection& db, const view_definition& view);

/// The table of exactly this generation. `refused` when it is gone.
stored<located_table> find_table(connection& db, const view_definition& view, std::uint32_t generation);

/// For readers: a generation that was replaced reads as the one that serves.
stored<located_table> find_readable(connection& db, const view_definition& view, std::uint32_t generation);

stored<std::uint32_t> begin_rebuild(connection& db, const view_definition& view, std::uint32_t serving,
                                    std::uint32_t shards);
stored<done> finish_rebuild(connection& db, const view_definition& view, std::uint32_t generation);
stored<done> cancel_rebuild(connection& db, const view_definition& view, std::uint32_t generation);

/// Deletes some rows of a table that was put away, and the table when it is empty. Answers whether there is more to do.
bool sweep_retired(connection& db);

std::vector<shard_position> read_checkpoints(connection& db, const std::string& view, std::uint32_t generation,
                                             std::uint32_t shards);

} // namespace stele::sqlite
