// Snapshots to and from rows of table es_snapshots.
#pragma once

#include "persistence/postgres/connection.hpp"
#include "persistence/snapshot_store.hpp"

namespace stele::postgres {

/// What `read_snapshot` wants.
inline constexpr std::string_view snapshot_columns =
    "stream_id, version, position, description_hash, state, \"window\"";
snapshot read_snapshot(const result& rows, int row);

/// Keeps it unless a newer one is there. Need not survive a crash, so the commit does not wait for the disk.
void save_snapshot(connection& db, const snapshot& it);
void drop_snapshot(connection& db, const std::string& stream_id);
std::vector<snapshot> read_snapshots(connection& db, const std::string& after_stream_id, std::size_t limit);

} // namespace stele::postgres
