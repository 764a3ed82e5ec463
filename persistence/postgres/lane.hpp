// One lane of the log: its connection and thread, its fence, and how far its shards are.
#pragma once

#include "persistence/known_versions.hpp"
#include "persistence/postgres/events_sql.hpp"
#include "persistence/postgres/workers.hpp"

#include <atomic>

namespace stele::postgres {

/// Appends batches one after another, each with one statement that proves the lane's epoch. After an outcome that
/// nobody knows nothing is sent until `resolve` has made it known.
class lane {
public:
  /// `heads`: of all shards; those of other lanes are not looked at. `versions` outlives the lane.
  lane(const connection_settings& where, const store_identity& store, lane_lease lease,
       std::vector<shard_position> heads, known_versions& versions);

  void append(event_batch batch, reply_to<done> reply);
  void resolve(event_batch batch, reply_to<bool> reply);

  /// Reads where shards of this lane end and goes on there, behind the appends that were asked for before.
  void open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply);
  void close() { thread_.close(); }

private:
  stored<done> append_now(connection& db, const event_list& events, const std::vector<shard_position>& after);
  stored<done> check_streams(connection& db, const event_list& events);
  stored<bool> resolve_now(connection& db, const recorded_event& first);
  stored<std::vector<shard_position>> check(connection& db, const event_batch& batch);
  bool bump(connection& db);
  void take_heads(const event_list& events);

  const store_identity store_;
  lane_lease lease_;                    ///< All below belongs to the thread.
  std::optional<std::uint64_t> bumped_; ///< The epoch a bump leads to, computed once until it is known to be done.
  bool unresolved_ = false, dead_ = false, heads_known_ = true;
  std::vector<shard_position> heads_;
  known_versions& versions_;
  parameters values_; ///< Kept for its memory.
  workers thread_;    ///< Last: it uses the rest.
};

} // namespace stele::postgres
