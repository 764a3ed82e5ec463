#include "persistence/postgres/snapshots_sql.hpp"

namespace stele::postgres {

snapshot read_snapshot(const result& rows, int row) {
  snapshot it;
  it.stream_id = rows.text(row, 0);
  it.version = static_cast<stream_version>(rows.integer(row, 1));
  it.position = static_cast<shard_position>(rows.integer(row, 2));
  it.description_hash = static_cast<std::uint64_t>(rows.integer(row, 3));
  it.state = rows.text(row, 4);
  it.window = rows.text(row, 5);
  return it;
}

void save_snapshot(connection& db, const snapshot& it) {
  static const std::string sql =
      "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)) "
      "INSERT INTO stele.es_snapshots AS s (stream_id, version, position, description_hash, state, \"window\") "
      "SELECT $1, $2, $3, $4, $5, $6 FROM quick ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version, "
      "position = excluded.position, description_hash = excluded.description_hash, state = excluded.state, "
      "\"window\" = excluded.\"window\" WHERE s.version <= excluded.version";
  parameters values;
  values.add_text(it.stream_id).add_integer(static_cast<std::int64_t>(it.version)).add_bigint(it.position);
  values.add_signed(static_cast<std::int64_t>(it.description_hash)).add_bytes(it.state).add_bytes(it.window);
  db.run(sql, values);
}

void drop_snapshot(connection& db, const std::string& stream_id) {
  parameters values;
  values.add_text(stream_id);
  db.run("DELETE FROM stele.es_snapshots WHERE stream_id = $1", values);
}

std::vector<snapshot> read_snapshots(connection& db, const std::string& after_stream_id, std::size_t limit) {
  static const std::string sql = "SELECT " + std::string(snapshot_columns) +
                                 " FROM stele.es_snapshots WHERE stream_id > $1 ORDER BY stream_id LIMIT $2";
  parameters values;
  values.add_text(after_stream_id).add_bigint(limit);
  const result rows = db.run(sql, values);
  std::vector<snapshot> found;
  for (int row = 0; row < rows.rows(); ++row) found.push_back(read_snapshot(rows, row));
  return found;
}

} // namespace stele::postgres
