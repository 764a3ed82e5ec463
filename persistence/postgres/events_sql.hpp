// Events to and from rows of table es_events.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/postgres/connection.hpp"

namespace stele::postgres {

using event_list = std::vector<recorded_event>;

/// The columns `read_event` wants, of a table called `e`.
inline constexpr std::string_view event_columns =
    "e.global_position, e.shard, e.position, e.stream_id, e.version, e.event_id, e.command_id, e.command_digest, "
    "e.part, e.parts, e.type, e.type_version, e.payload, e.metadata, e.recorded_at";

/// Reads the event of a row; its columns begin at `column`.
recorded_event read_event(const result& rows, int row, int column = 0);
event_list read_events(const result& rows);

/// Low bits of a global position: the place in the batch. The transaction's number stands above.
inline constexpr int batch_bits = 20;
inline constexpr std::size_t batch_max = (std::size_t{1} << batch_bits) - 1;

/// The one fenced statement that appends a batch, with the places of `fill_append`. It affects as many rows as the
/// batch has, or none: the lane's row is not there at that epoch.
extern const std::string append_sql;

/// A lane of a node and its epoch: what an append proves.
struct lane_lease {
  std::uint64_t node = 0;
  std::uint32_t lane = 0;
  std::uint64_t epoch = 1;
};

void fill_append(parameters& into, const event_list& events, const lane_lease& lease);

event_list read_stream(connection& db, const std::string& stream_id, stream_version after, std::size_t limit);
event_list read_shard(connection& db, shard_number shard, shard_position after, std::size_t limit);
event_list read_all(connection& db, std::uint64_t after, std::size_t limit);
event_list find_command(connection& db, const std::string& stream_id, const uuid& command_id);
std::vector<shard_position> read_heads(connection& db, std::uint32_t shards);
std::vector<shard_position> read_heads_of(connection& db, const std::vector<shard_number>& shards); ///< In their order.
std::optional<uuid> event_id_at(connection& db, shard_number shard, shard_position position);

} // namespace stele::postgres
