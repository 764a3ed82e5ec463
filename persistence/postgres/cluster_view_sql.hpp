// Members and shard owners, read at one moment.
#pragma once

#include "persistence/membership_store.hpp"
#include "persistence/postgres/connection.hpp"

namespace stele::postgres {

/// One statement, so that number, members and shards belong together. Throws `failure`.
cluster_view read_cluster_view(connection& db);

} // namespace stele::postgres
