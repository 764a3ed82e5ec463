// Walks all rows of a view, and finds those that no stream accounts for.
#pragma once

#include "app/admin/shard_replay.hpp"
#include "persistence/store.hpp"

#include <functional>

namespace stele::admin {

/// Calls `take` with every row of a table, in the order of their keys, until it fails.
stored<done> each_row(view_store& rows, const checked_view& view,
                      const std::function<stored<done>(const row_values&)>& take);

/// Reads all rows of a table in the order of their keys and adds those without a stream to `found`. Only worth its time
/// when the table is known to have more rows than there are streams.
stored<done> find_extra_rows(store& storage, const checked_view& view, findings& found);

} // namespace stele::admin
