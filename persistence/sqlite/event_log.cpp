#include "persistence/sqlite/event_log.hpp"

#include "persistence/batch_check.hpp"

#include <algorithm>

namespace stele::sqlite {

namespace {

#define STELE_EVENT_COLUMNS                                                                                            \
  "global_position, shard, position, stream_id, version, event_id, command_id, command_digest, part, parts, type, "    \
  "type_version, payload, metadata, recorded_at"

recorded_event read_event(const cursor& row) {
  recorded_event event;
  event.global_position = static_cast<std::uint64_t>(row.integer(0));
  event.shard = static_cast<shard_number>(row.integer(1));
  event.position = static_cast<shard_position>(row.integer(2));
  event.stream_id = row.text(3);
  event.version = static_cast<stream_version>(row.integer(4));
  event.event_id = row.id(5);
  event.command_id = row.id(6);
  event.command_digest = row.id(7);
  event.part = static_cast<std::uint32_t>(row.integer(8));
  event.parts = static_cast<std::uint32_t>(row.integer(9));
  event.type = row.text(10);
  event.type_version = static_cast<std::uint32_t>(row.integer(11));
  event.payload = row.text(12);
  event.metadata = row.text(13);
  event.recorded_at = row.integer(14);
  return event;
}

event_list collect(cursor rows) {
  event_list found;
  while (rows.next()) found.push_back(read_event(rows));
  return found;
}

std::int64_t sql_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(limit, INT64_MAX));
}

std::int64_t sql_number(std::uint64_t number) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

stream_version last_version(connection& db, std::string_view stream_id) {
  auto rows =
      db.prepared("SELECT version FROM events WHERE stream_id = ? ORDER BY version DESC LIMIT 1").select(stream_id);
  return rows.next() ? static_cast<stream_version>(rows.integer(0)) : 0;
}

} // namespace

void insert_events(connection& db, const event_list& events) {
  statement& insert = db.prepared("INSERT INTO events (shard, position, stream_id, version, event_id, command_id, "
                                  "command_digest, part, parts, type, type_version, payload, metadata, recorded_at) "
                                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const recorded_event& it : events)
    insert.run(it.shard, it.position, it.stream_id, it.version, it.event_id, it.command_id, it.command_digest, it.part,
               it.parts, it.type, it.type_version, it.payload, it.metadata, it.recorded_at);
}

stored<done> check_streams(connection& db, const known_versions& versions, const event_list& events) {
  auto starts = stream_starts(events);
  if (!starts) return starts.error();
  for (const stream_start& start : *starts) {
    if (start.first == 1) continue; // Nothing can be missing before it; a taken one fails at the insert.
    if (versions.confirms(start.stream_id, start.first - 1)) continue;
    if (const auto last = last_version(db, start.stream_id); start.first != last + 1)
      return version_conflict(start.stream_id, start.first, last);
  }
  return done{};
}

event_list read_stream(connection& db, const std::string& stream_id, stream_version after, std::size_t limit) {
  return collect(db.prepared("SELECT " STELE_EVENT_COLUMNS
                             " FROM events WHERE stream_id = ? AND version > ? ORDER BY version LIMIT ?")
                     .select(stream_id, sql_number(after), sql_limit(limit)));
}

event_list read_shard(connection& db, shard_number shard, shard_position after, std::size_t limit) {
  return collect(db.prepared("SELECT " STELE_EVENT_COLUMNS
                             " FROM events WHERE shard = ? AND position > ? ORDER BY position LIMIT ?")
                     .select(shard, sql_number(after), sql_limit(limit)));
}

event_list read_all(connection& db, std::uint64_t after, std::size_t limit) {
  return collect(db.prepared("SELECT " STELE_EVENT_COLUMNS
                             " FROM events WHERE global_position > ? ORDER BY global_position LIMIT ?")
                     .select(sql_number(after), sql_limit(limit)));
}

event_list find_command(connection& db, const std::string& stream_id, const uuid& command_id) {
  return collect(
      db.prepared("SELECT " STELE_EVENT_COLUMNS " FROM events WHERE stream_id = ? AND command_id = ? ORDER BY version")
          .select(stream_id, command_id));
}

std::optional<uuid> event_id_at(connection& db, shard_number shard, shard_position position) {
  auto rows =
      db.prepared("SELECT event_id FROM events WHERE shard = ? AND position = ?").select(shard, sql_number(position));
  if (!rows.next()) return std::nullopt;
  return rows.id(0);
}

std::vector<shard_position> read_heads(connection& db, std::uint32_t shards) {
  std::vector<shard_position> heads(shards);
  statement& last = db.prepared("SELECT position FROM events WHERE shard = ? ORDER BY position DESC LIMIT 1");
  for (shard_number shard = 0; shard < shards; ++shard) {
    auto rows = last.select(shard);
    if (rows.next()) heads[shard] = static_cast<shard_position>(rows.integer(0));
  }
  return heads;
}

} // namespace stele::sqlite
