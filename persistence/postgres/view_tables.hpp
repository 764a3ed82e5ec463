// The tables of views: which generation lies where, made, swapped and dropped.
#pragma once

#include "persistence/postgres/view_indexes.hpp"
#include "persistence/view_store.hpp"

#include <optional>

namespace stele::postgres {

/// Where a generation lies, and what of the current description its table has.
struct located_table {
  std::string name; ///< With the schema's mark, quoted.
  std::uint32_t generation = 1;
  std::vector<bool> has_column; ///< By column of the current description.
  bool current = true;          ///< Made from the current description.
  bool serving = true;
};

/// The tables a view has. Read once and kept; whoever meets a table that has gone reads it anew.
struct view_places {
  std::optional<located_table> serving, next;
  std::uint32_t last = 0; ///< The highest generation that ever was.
  std::uint32_t serving_version = 1;
  bool made_from_this = true;    ///< The serving one was made for this version and description.
  bool next_is_for_this = false; ///< So was the rebuild's.
};

/// Text of a view's column is escaped, see `escape_text`.
view_places find_places(connection& db, const view_definition& view);

/// A table name that fits: PostgreSQL cuts longer ones silently.
stored<done> check_names(const view_definition& view);

/// Makes the table of a view that isn't there yet; drops a rebuild that was begun for another description or version.
view_places open_tables(connection& db, const view_definition& view, std::uint32_t shards);

stored<std::uint32_t> begin_rebuild(connection& db, const view_definition& view, std::uint32_t serving,
                                    std::uint32_t shards);

/// Makes the indexes of the new table, those somebody added by hand too, then swaps the tables by name in one
/// transaction.
stored<done> finish_rebuild(connection& db, const view_definition& view, std::uint32_t generation, const warner& warn);
stored<done> cancel_rebuild(connection& db, const view_definition& view, std::uint32_t generation);

store_error generation_gone(const std::string& view, std::uint32_t generation);

} // namespace stele::postgres
