#include "persistence/postgres/events_sql.hpp"

#include <algorithm>

namespace stele::postgres {

namespace {

std::string select_events(std::string_view rest) {
  return "SELECT " + std::string(event_columns) + " FROM stele.es_events e " + std::string(rest);
}

std::uint64_t version_in_range(stream_version it) { return std::min<std::uint64_t>(it, INT32_MAX); }

template <class Put>
void add_column(parameters& into, pg_type type, const event_list& events, Put put) {
  into.begin_array(type, events.size());
  for (const recorded_event& it : events) put(it);
}

} // namespace

// Arrays are unnested side by side in the list, not by one unnest in FROM: that would put each in a store of its own.
// For generate_subscripts the server expects as many rows whether it knows the arrays or not, so it plans once for all;
// for generate_series it would plan each batch anew.
const std::string append_sql =
    "WITH f AS MATERIALIZED (SELECT pg_current_xact_id()::text::bigint << 20 AS base FROM stele.es_lanes "
    "WHERE node_id = $15 AND lane = $16 AND epoch = $17 FOR SHARE) "
    "INSERT INTO stele.es_events (global_position, position, recorded_at, shard, version, part, parts, type_version, "
    "event_id, command_id, command_digest, stream_id, type, payload, metadata) "
    "SELECT f.base + generate_subscripts($1, 1), unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), "
    "unnest($6), unnest($7), unnest($8), unnest($9), unnest($10), unnest($11), unnest($12), unnest($13), unnest($14) "
    "FROM f";

void fill_append(parameters& into, const event_list& events, const lane_lease& lease) {
  using event = recorded_event;
  into.clear();
  add_column(into, pg_type::bigint, events, [&](const event& it) { into.put_bigint(it.position); });
  add_column(into, pg_type::time, events, [&](const event& it) { into.put_signed(to_server_time(it.recorded_at)); });
  add_column(into, pg_type::integer, events, [&](const event& it) { into.put_integer(it.shard); });
  add_column(into, pg_type::integer, events,
             [&](const event& it) { into.put_integer(static_cast<std::int64_t>(it.version)); });
  add_column(into, pg_type::integer, events, [&](const event& it) { into.put_integer(it.part); });
  add_column(into, pg_type::integer, events, [&](const event& it) { into.put_integer(it.parts); });
  add_column(into, pg_type::integer, events, [&](const event& it) { into.put_integer(it.type_version); });
  add_column(into, pg_type::id, events, [&](const event& it) { into.put_id(it.event_id); });
  add_column(into, pg_type::id, events, [&](const event& it) { into.put_id(it.command_id); });
  add_column(into, pg_type::id, events, [&](const event& it) { into.put_id(it.command_digest); });
  add_column(into, pg_type::text, events, [&](const event& it) { into.put_text(it.stream_id); });
  add_column(into, pg_type::text, events, [&](const event& it) { into.put_text(it.type); });
  add_column(into, pg_type::json, events, [&](const event& it) { into.put_text(it.payload); });
  add_column(into, pg_type::json, events,
             [&](const event& it) { it.metadata.empty() ? into.put_null() : into.put_text(it.metadata); });
  into.add_bigint(lease.node).add_integer(lease.lane).add_bigint(lease.epoch);
}

recorded_event read_event(const result& rows, int row, int column) {
  recorded_event it;
  it.global_position = static_cast<std::uint64_t>(rows.integer(row, column));
  it.shard = static_cast<shard_number>(rows.integer(row, column + 1));
  it.position = static_cast<shard_position>(rows.integer(row, column + 2));
  it.stream_id = rows.text(row, column + 3);
  it.version = static_cast<stream_version>(rows.integer(row, column + 4));
  it.event_id = rows.id(row, column + 5);
  it.command_id = rows.id(row, column + 6);
  it.command_digest = rows.id(row, column + 7);
  it.part = static_cast<std::uint32_t>(rows.integer(row, column + 8));
  it.parts = static_cast<std::uint32_t>(rows.integer(row, column + 9));
  it.type = rows.text(row, column + 10);
  it.type_version = static_cast<std::uint32_t>(rows.integer(row, column + 11));
  it.payload = rows.text(row, column + 12);
  it.metadata = rows.text(row, column + 13); // Null reads as empty.
  it.recorded_at = from_server_time(rows.integer(row, column + 14));
  return it;
}

event_list read_events(const result& rows) {
  event_list found;
  found.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) found.push_back(read_event(rows, row));
  return found;
}

event_list read_stream(connection& db, const std::string& stream_id, stream_version after, std::size_t limit) {
  static const auto sql = select_events("WHERE e.stream_id = $1 AND e.version > $2 ORDER BY e.version LIMIT $3");
  parameters values;
  values.add_text(stream_id).add_integer(static_cast<std::int64_t>(version_in_range(after))).add_bigint(limit);
  return read_events(db.run(sql, values));
}

event_list read_shard(connection& db, shard_number shard, shard_position after, std::size_t limit) {
  static const auto sql = select_events("WHERE e.shard = $1 AND e.position > $2 ORDER BY e.position LIMIT $3");
  parameters values;
  values.add_integer(shard).add_bigint(after).add_bigint(limit);
  return read_events(db.run(sql, values));
}

/// Below the oldest transaction that runs everything is decided: nothing can appear there any more.
event_list read_all(connection& db, std::uint64_t after, std::size_t limit) {
  static const auto sql = select_events("WHERE e.global_position > $1 AND e.global_position < "
                                        "pg_snapshot_xmin(pg_current_snapshot())::text::bigint << 20 "
                                        "ORDER BY e.global_position LIMIT $2");
  parameters values;
  values.add_bigint(after).add_bigint(limit);
  return read_events(db.run(sql, values));
}

event_list find_command(connection& db, const std::string& stream_id, const uuid& command_id) {
  static const auto sql = select_events("WHERE e.stream_id = $1 AND e.command_id = $2 ORDER BY e.version");
  parameters values;
  values.add_text(stream_id).add_id(command_id);
  return read_events(db.run(sql, values));
}

std::vector<shard_position> read_heads(connection& db, std::uint32_t shards) {
  static const std::string sql = "SELECT s, (SELECT max(position) FROM stele.es_events e WHERE e.shard = s) "
                                 "FROM generate_series(0, $1 - 1) s";
  parameters values;
  values.add_integer(shards);
  const result rows = db.run(sql, values);
  std::vector<shard_position> heads(shards);
  for (int row = 0; row < rows.rows(); ++row)
    heads[static_cast<std::size_t>(rows.integer(row, 0))] = static_cast<shard_position>(rows.integer(row, 1));
  return heads;
}

std::vector<shard_position> read_heads_of(connection& db, const std::vector<shard_number>& shards) {
  static const std::string sql = "SELECT (SELECT max(position) FROM stele.es_events e WHERE e.shard = s.shard) "
                                 "FROM unnest($1) WITH ORDINALITY s(shard, n) ORDER BY s.n";
  parameters values;
  values.begin_array(pg_type::integer, shards.size());
  for (const shard_number it : shards) values.put_integer(it);
  const result rows = db.run(sql, values);
  std::vector<shard_position> heads;
  for (int row = 0; row < rows.rows(); ++row)
    heads.push_back(static_cast<shard_position>(rows.integer(row, 0))); // Null, as of an empty shard, reads as 0.
  return heads;
}

std::optional<uuid> event_id_at(connection& db, shard_number shard, shard_position position) {
  static const std::string sql = "SELECT event_id FROM stele.es_events WHERE shard = $1 AND position = $2";
  parameters values;
  values.add_integer(shard).add_bigint(position);
  const result rows = db.run(sql, values);
  if (rows.rows() == 0) return std::nullopt;
  return rows.id(0, 0);
}

} // namespace stele::postgres
