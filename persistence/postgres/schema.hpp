// The schema of a store: made, checked and brought up to date when it is opened.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/postgres/connection.hpp"

namespace stele::postgres {

/// Makes the schema or runs the migrations it lacks, in one transaction under a lock, so that nodes that start together
/// do not meet. A schema that is up to date is only read: a role without the right to make tables will do. Fails with
/// `refused` when it was made by a newer version, or by other migrations than the ones built in.
stored<done> migrate(connection& db);

/// The same checks without a change; an older or missing schema is refused, too.
stored<done> check_schema(connection& db);

/// Reads which store this is. Fails with `refused` when there is none, or it was made with other `shards`.
stored<store_identity> read_identity(connection& db, std::uint32_t shards);

/// Makes the store in an empty schema; does nothing when there is one.
void make_identity(connection& db, std::uint32_t shards);

} // namespace stele::postgres
