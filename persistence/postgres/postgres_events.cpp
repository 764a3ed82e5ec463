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

/// Puts the answers of several lanes together: the first failure, or all positions in the order asked.
class opened_shards {
public:
  using answer = stored<std::vector<shard_position>>;

  opened_shards(std::size_t shards, std::size_t lanes, reply_to<std::vector<shard_position>> reply)
      : positions_(shards), lanes_left_(lanes), reply_(std::move(reply)) {}

  void hear(const std::vector<std::size_t>& places, const answer& found) {
    std::lock_guard lock(mutex_);
    if (!found && !failed_) failed_ = found.error();
    for (std::size_t i = 0; found && i < places.size(); ++i) positions_[places[i]] = (*found)[i];
    if (--lanes_left_ == 0) reply_(failed_ ? answer(*failed_) : answer(std::move(positions_)));
  }

private:
  std::mutex mutex_;
  std::vector<shard_position> positions_;
  std::optional<store_error> failed_;
  std::size_t lanes_left_;
  const reply_to<std::vector<shard_position>> reply_;
};

/// Shards of one lane, and their places in the question.
struct lane_shards {
  std::vector<shard_number> shards;
  std::vector<std::size_t> places;
};

std::map<std::uint32_t, lane_shards> by_lane(const std::vector<shard_number>& shards, std::uint32_t lanes) {
  std::map<std::uint32_t, lane_shards> found;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    lane_shards& here = found[shards[i] % lanes];
    here.shards.push_back(shards[i]);
    here.places.push_back(i);
  }
  return found;
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

void postgres_events::open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply) {
  if (shared_.lanes.empty()) return reply(no_lane(0, 0));
  if (auto known = pick_heads(std::vector<shard_position>(shared_.identity.shards), shards); !known || shards.empty())
    return reply(std::move(known));
  const auto asked = by_lane(shards, shared_.identity.lanes);
  auto all = std::make_shared<opened_shards>(shards.size(), asked.size(), std::move(reply));
  for (const auto& it : asked)
    shared_.lanes[it.first]->open_shards(
        it.second.shards, [all, places = it.second.places](const auto& found) { all->hear(places, found); });
}

void postgres_events::heads(reply_to<std::vector<shard_position>> reply) {
  shared_.reading->read<std::vector<shard_position>>(
      urgency::quick, [this](connection& db) { return read_heads(db, shared_.identity.shards); }, std::move(reply));
}

} // namespace stele::postgres
