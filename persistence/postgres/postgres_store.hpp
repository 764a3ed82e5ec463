// A store in PostgreSQL.
#pragma once

#include "persistence/store.hpp"

namespace stele::postgres {

/// Opens, and makes if it is new, the store at `postgresql://…` in the schema of the options. Clustered, it has joined
/// and owns nothing yet; else it has the shards alone: what a node left behind that was killed is taken over; while
/// another one lives, `refused` names it.
stored<std::unique_ptr<store>> open_postgres_store(const store_options& options);

} // namespace stele::postgres
