#include "persistence/postgres/lane.hpp"

#include "persistence/batch_check.hpp"

namespace stele::postgres {

namespace {

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

store_error fenced() {
  return {store_fault::fenced, "another node has taken this one's shards; it writes no more and must be started anew"};
}

stored<done> check_ranges(const event_list& events) {
  if (events.size() > batch_max)
    return refused("append: a batch holds at most " + std::to_string(batch_max) + " events, this one has " +
                   std::to_string(events.size()));
  for (const recorded_event& it : events)
    if (it.version > INT32_MAX || it.part > INT32_MAX || it.parts > INT32_MAX || it.type_version > INT32_MAX)
      return refused("append: stream " + it.stream_id + ": a number is beyond 2147483647");
  return done{};
}

} // namespace

lane::lane(const connection_settings& where, const store_identity& store, lane_lease lease,
           std::vector<shard_position> heads, known_versions& versions)
    : store_(store), lease_(lease), heads_(std::move(heads)), versions_(versions), thread_(where, 1) {}

void lane::append(event_batch batch, reply_to<done> reply) {
  thread_.write<done>(
      [this, batch = std::move(batch)](connection& db) -> stored<done> {
        auto after = check(db, batch);
        if (!after) return after.error();
        return append_now(db, *batch, *after);
      },
      std::move(reply));
}

/// What can be told before anything is sent. Answers the heads after the batch.
stored<std::vector<shard_position>> lane::check(connection& db, const event_batch& batch) try {
  if (dead_) return fenced();
  if (unresolved_)
    return refused("append: an outcome of lane " + std::to_string(lease_.lane) + " is unknown; resolve it");
  if (!heads_known_) heads_ = read_heads(db, store_.shards);
  heads_known_ = true;
  auto after = heads_after(heads_, store_, lease_.lane, batch);
  if (!after) return after;
  if (auto fits = check_ranges(*batch); !fits) return fits.error();
  if (auto fits = check_streams(db, *batch); !fits) return fits.error();
  return after;
} catch (const failure& it) { return it.as_read(); } // It only read so far.

stored<done> lane::append_now(connection& db, const event_list& events, const std::vector<shard_position>& after) try {
  fill_append(values_, events, lease_);
  unresolved_ = true;
  const std::uint64_t written = db.run(append_sql, values_).affected();
  const bool warned = db.warned(); // As when a standby that must have it did not get it.
  if (written != 0 && (warned || written != events.size()))
    return store_error{store_fault::unknown, "PostgreSQL warned while the batch was committed; resolve it"};
  unresolved_ = false;
  if (written == 0) {
    dead_ = true;
    return fenced();
  }
  heads_ = after;
  for (const recorded_event& it : events) versions_.note(it.stream_id, it.version);
  return done{};
} catch (const failure& it) {
  const store_error error = it.as_write();
  unresolved_ = error.fault == store_fault::unknown;
  heads_known_ = error.fault != store_fault::conflict; // Somebody else stands where memory said nobody does.
  return error;
}

/// Streams that go on must end where the batch goes on: what memory doesn't confirm is asked for, all in one question.
stored<done> lane::check_streams(connection& db, const event_list& events) {
  static const std::string sql =
      "SELECT s.id, s.last, coalesce((SELECT max(e.version) FROM stele.es_events e WHERE e.stream_id = s.id), 0) "
      "FROM unnest($1, $2) s(id, last)";
  auto starts = stream_starts(events);
  if (!starts) return starts.error();
  std::erase_if(*starts, [&](const stream_start& it) {
    return it.first == 1 || versions_.confirms(it.stream_id, it.first - 1); // A taken first one fails at the insert.
  });
  if (starts->empty()) return done{};
  parameters values;
  values.begin_array(pg_type::text, starts->size());
  for (const stream_start& it : *starts) values.put_text(it.stream_id);
  values.begin_array(pg_type::bigint, starts->size());
  for (const stream_start& it : *starts) values.put_bigint(it.first - 1);
  const result rows = db.run(sql, values);
  for (int row = 0; row < rows.rows(); ++row)
    if (rows.integer(row, 1) != rows.integer(row, 2))
      return version_conflict(rows.text(row, 0), static_cast<stream_version>(rows.integer(row, 1)) + 1,
                              static_cast<stream_version>(rows.integer(row, 2)));
  return done{};
}

void lane::resolve(event_batch batch, reply_to<bool> reply) {
  if (!batch || batch->empty()) return reply(false); // Nothing was asked for, nothing can have been stored.
  thread_.read<bool>(
      urgency::quick,
      [this, batch = std::move(batch)](connection& db) -> stored<bool> {
        auto found = resolve_now(db, batch->front());
        if (found && *found) take_heads(*batch);
        return found;
      },
      std::move(reply));
}

void lane::open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply) {
  thread_.read<std::vector<shard_position>>(
      urgency::quick,
      [this, shards = std::move(shards)](connection& db) -> stored<std::vector<shard_position>> {
        if (dead_) return fenced();
        auto found = read_heads_of(db, shards);
        for (std::size_t i = 0; i < shards.size(); ++i) heads_[shards[i]] = found[i];
        return found;
      },
      std::move(reply));
}

/// First the lane's epoch is moved on, then it is looked: what is not there after the old epoch has gone never comes.
/// A failure is thrown: then the outcome is still unknown, and the same bump is sent again.
stored<bool> lane::resolve_now(connection& db, const recorded_event& first) {
  const bool alive = bump(db);
  const bool is_there = event_id_at(db, first.shard, first.position) == first.event_id;
  unresolved_ = false;
  dead_ = !alive;
  if (!alive && !is_there) return fenced();
  return is_there;
}

bool lane::bump(connection& db) {
  static const std::string sql = "UPDATE stele.es_lanes SET epoch = $3 WHERE node_id = $1 AND lane = $2 "
                                 "AND epoch <= $3 RETURNING epoch";
  if (!bumped_) bumped_ = lease_.epoch + 1; // One number however often it is sent: a late copy can't fence us.
  parameters values;
  values.add_bigint(lease_.node).add_integer(lease_.lane).add_bigint(*bumped_);
  const bool alive = db.run(sql, values).rows() > 0;
  // This commit stands behind the append in the server's log: if a standby may lack it, it may lack the append.
  if (alive && db.warned()) throw failure(outcome::lost, "", "PostgreSQL warned while the fence was moved on");
  lease_.epoch = *bumped_;
  bumped_.reset();
  return alive;
}

void lane::take_heads(const event_list& events) {
  for (const recorded_event& it : events) {
    if (it.shard < heads_.size() && it.position > heads_[it.shard]) heads_[it.shard] = it.position;
    versions_.note(it.stream_id, it.version);
  }
}

} // namespace stele::postgres
