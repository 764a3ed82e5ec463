// The SQL of table `snapshots`.
#pragma once

#include "persistence/snapshot_store.hpp"
#include "persistence/sqlite/connection.hpp"

#include <optional>

namespace stele::sqlite {

void save_snapshot(connection& db, const snapshot& it); ///< Unless a newer one is there.
void drop_snapshot(connection& db, const std::string& stream_id);
std::optional<snapshot> find_snapshot(connection& db, const std::string& stream_id);
std::vector<snapshot> read_snapshots(connection& db, const std::string& after_stream_id, std::size_t limit);

} // namespace stele::sqlite
