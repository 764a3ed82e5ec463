#include "persistence/sqlite/snapshot_table.hpp"

#include <algorithm>

namespace stele::sqlite {

namespace {

snapshot read_row(const cursor& row) {
  snapshot it;
  it.stream_id = row.text(0);
  it.version = static_cast<stream_version>(row.integer(1));
  it.position = static_cast<shard_position>(row.integer(2));
  it.description_hash = static_cast<std::uint64_t>(row.integer(3));
  it.state = row.text(4);
  it.window = row.text(5);
  return it;
}

} // namespace

void save_snapshot(connection& db, const snapshot& it) {
  db.prepared("INSERT INTO snapshots (stream_id, version, position, description_hash, state, window) "
              "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version, "
              "position = excluded.position, description_hash = excluded.description_hash, state = excluded.state, "
              "window = excluded.window WHERE excluded.version >= snapshots.version")
      .run(it.stream_id, it.version, it.position, it.description_hash, it.state, it.window);
}

void drop_snapshot(connection& db, const std::string& stream_id) {
  db.prepared("DELETE FROM snapshots WHERE stream_id = ?").run(stream_id);
}

std::optional<snapshot> find_snapshot(connection& db, const std::string& stream_id) {
  auto rows = db.prepared("SELECT stream_id, version, position, description_hash, state, window FROM snapshots "
                          "WHERE stream_id = ?")
                  .select(stream_id);
  if (!rows.next()) return std::nullopt;
  return read_row(rows);
}

std::vector<snapshot> read_snapshots(connection& db, const std::string& after_stream_id, std::size_t limit) {
  std::vector<snapshot> found;
  auto rows = db.prepared("SELECT stream_id, version, position, description_hash, state, window FROM snapshots "
                          "WHERE stream_id > ? ORDER BY stream_id LIMIT ?")
                  .select(after_stream_id, std::min<std::uint64_t>(limit, INT64_MAX));
  while (rows.next()) found.push_back(read_row(rows));
  return found;
}

} // namespace stele::sqlite
