#include "persistence/postgres/postgres_ports.hpp"

namespace stele::postgres {

namespace {

/// Enough that a thousand streams cost little more than a hundred, few enough that an answer fits in memory.
constexpr std::size_t streams_in_a_recovery = 100;
constexpr std::size_t fences_in_a_query = 10'000;

store_error no_lane(std::uint32_t lane, std::size_t lanes) {
  if (lanes == 0) return {store_fault::refused, "the store is open read-only"};
  return {store_fault::refused,
          "there is no lane " + std::to_string(lane) + "; the store has " + std::to_string(lanes) + " of them"};
}

} // namespace

postgres_events::postgres_events(shared_parts& shared)
    : shared_(shared), recoveries_(*shared.reading, streams_in_a_recovery,
                                   [](connection& db, const auto& wanted) { return recover_streams(db, wanted); }),
      fences_(*shared.reading, fences_in_a_query,
              [&shared](connection& db, const auto& wanted) { return prove_lanes(db, shared.node, wanted); }) {}

void postgres_events::append(std::uint32_t lane, event_batch batch, reply_to<done> reply) {
  if (lane >= shared_.lanes.size()) return reply(no_lane(lane, shared_.lanes.size()));
  shared_.lanes[lane]->append(std::move(batch), std::move(reply));
}

void postgres_events::fence(std::uint32_t lane, reply_to<done> reply) {
  if (lane >= shared_.lanes.size()) return reply(no_lane(lane, shared_.lanes.size()));
  fences_.add({lane, std::move(reply)});
}

void postgres_events::resolve(std::uint32_t lane, event_batch batch, reply_to<bool> reply) {
  if (lane >= shared_.lanes.size()) return reply(no_lane(lane, shared_.lanes.size()));
  shared_.lanes[lane]->resolve(std::move(batch), std::move(reply));
}

/// The stream's last version is noted, so that the append that follows needs no question of its own.
void postgres_events::recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) {
  auto noted = [this, reply = std::move(reply)](stored<recovered_stream> found) {
    if (found && !found->more && !found->tail.empty())
      shared_.versions.note(found->tail.back().stream_id, found->tail.back().version);
    reply(std::move(found));
  };
  recoveries_.add({std::move(stream_id), limit, std::move(noted)});
}

void postgres_events::read_stream(std::string stream_id, stream_version after, std::size_t limit,
                                  reply_to<event_list> reply) {
  shared_.reading->read<event_list>(
      urgency::quick,
      [stream_id = std::move(stream_id), after, limit](connection& db) {
        return postgres::read_stream(db, stream_id, after, limit);
      },
      std::move(reply));
}

void postgres_events::read_shard(shard_number shard, shard_position after, std::size_t limit,
                                 reply_to<event_list> reply) {
  shared_.reading->read<event_list>(
      urgency::quick, [shard, after, limit](connection& db) { return postgres::read_shard(db, shard, after, limit); },
      std::move(reply));
}

void postgres_events::read_all(std::uint64_t after, std::size_t limit, reply_to<event_list> reply) {
  shared_.reading->read<event_list>(
      urgency::quick, [after, limit](connection& db) { return postgres::read_all(db, after, limit); },
      std::move(reply));
}

void postgres_events::find_command(std::string stream_id, uuid command_id, reply_to<event_list> reply) {
  shared_.reading->read<event_list>(
      urgency::quick,
      [stream_id = std::move(stream_id), command_id](connection& db) {
        return postgres::find_command(db, stream_id, command_id);
      },
      std::move(reply));
}

void postgres_events::heads(reply_to<std::vector<shard_position>> reply) {
  shared_.reading->read<std::vector<shard_position>>(
      urgency::quick, [this](connection& db) { return read_heads(db, shared_.identity.shards); }, std::move(reply));
}

} // namespace stele::postgres
