// Finds rows of a view that no stream accounts for.
#pragma once

#include "app/admin/shard_replay.hpp"
#include "persistence/store.hpp"

namespace stele::admin {

/// Reads all rows of a table in the order of their keys and adds those without a stream to `found`. Only worth its time
/// when the table is known to have more rows than there are streams.
stored<done> find_extra_rows(store& storage, const checked_view& view, findings& found);

} // namespace stele::admin
