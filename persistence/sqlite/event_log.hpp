// The SQL of the log: table `events`.
#pragma once

#include "persistence/known_versions.hpp"
#include "persistence/recorded_event.hpp"
#include "persistence/sqlite/connection.hpp"

#include <optional>

namespace stele::sqlite {

using event_list = std::vector<recorded_event>;

/// Inserts events whose positions and versions have been checked; a taken one throws `failure` (conflict).
void insert_events(connection& db, const event_list& events);

/// Fails with `conflict` when a stream of the batch does not go on where the store ends. Asks the table about those
/// whose end is not among `versions`.
stored<done> check_streams(connection& db, const known_versions& versions, const event_list& events);

event_list read_stream(connection& db, const std::string& stream_id, stream_version after, std::size_t limit);
event_list read_shard(connection& db, shard_number shard, shard_position after, std::size_t limit);
event_list read_all(connection& db, std::uint64_t after, std::size_t limit);
event_list find_command(connection& db, const std::string& stream_id, const uuid& command_id);

/// The id of the event at a place of a shard; nothing when it is free.
std::optional<uuid> event_id_at(connection& db, shard_number shard, shard_position position);

std::vector<shard_position> read_heads(connection& db, std::uint32_t shards);

} // namespace stele::sqlite
