#include "persistence/batch_check.hpp"
#include "persistence/sqlite/event_log.hpp"
#include "persistence/sqlite/snapshot_table.hpp"
#include "persistence/sqlite/sqlite_ports.hpp"

#include <algorithm>

namespace stele::sqlite {

namespace {

stored<done> check_epoch(connection& db, std::int64_t epoch) {
  auto rows = db.prepared("SELECT epoch FROM store WHERE id = 1").select();
  if (rows.next() && rows.integer(0) == epoch) return done{};
  return store_error{store_fault::fenced, "another process has opened the store since; this one writes no more"};
}

/// Checks the batch and inserts it; answers the heads it leads to.
stored<std::vector<shard_position>> append_batch(connection& db, const shared_parts& shared, std::uint32_t lane,
                                                 const event_batch& batch) {
  auto heads = heads_after(shared.heads, shared.identity, lane, batch);
  if (!heads) return heads;
  if (auto ours = check_epoch(db, shared.epoch); !ours) return ours.error();
  if (auto fits = check_streams(db, shared.versions, *batch); !fits) return fits.error();
  insert_events(db, *batch);
  return heads;
}

recovered_stream recover_stream(connection& db, const std::string& stream_id, std::size_t limit) {
  recovered_stream found;
  found.base = find_snapshot(db, stream_id);
  found.tail = read_stream(db, stream_id, found.base ? found.base->version : 0, std::min(limit, SIZE_MAX - 1) + 1);
  found.more = found.tail.size() > limit;
  if (found.more) found.tail.pop_back();
  return found;
}

} // namespace

void sqlite_events::append(std::uint32_t lane, event_batch batch, reply_to<done> reply) {
  using heads_t = std::vector<shard_position>;
  shared_.write<heads_t>(
      urgency::urgent, [this, lane, batch](connection& db) { return append_batch(db, shared_, lane, batch); },
      [this, batch](heads_t& after) {
        shared_.heads.swap(after);
        for (const recorded_event& it : *batch) shared_.versions.note(it.stream_id, it.version);
      },
      [reply = std::move(reply)](stored<heads_t> result) {
        reply(result ? stored<done>(done{}) : stored<done>(result.error()));
      });
}

void sqlite_events::fence(std::uint32_t, reply_to<done> reply) {
  shared_.write<done>(
      urgency::urgent, [this](connection& db) { return check_epoch(db, shared_.epoch); }, std::move(reply));
}

/// The commit of this transaction overwrites what an append with an unknown outcome may have left behind in the log,
/// so that it can't be found any more after a crash, and brings to the disk what was found; so what it sees is final.
void sqlite_events::resolve(std::uint32_t, event_batch batch, reply_to<bool> reply) {
  if (!batch || batch->empty()) return reply(false); // Nothing was asked for, nothing can have been stored.
  shared_.write<bool>(
      urgency::urgent,
      [this, batch = std::move(batch)](connection& db) -> stored<bool> {
        const recorded_event& first = batch->front();
        db.prepared("UPDATE store SET resolved = resolved + 1 WHERE id = 1").run();
        shared_.heads = read_heads(db, shared_.identity.shards);
        if (event_id_at(db, first.shard, first.position) == first.event_id) return true;
        if (auto ours = check_epoch(db, shared_.epoch); !ours) return ours.error();
        return false;
      },
      std::move(reply));
}

void sqlite_events::recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) {
  shared_.reading->submit<recovered_stream>(
      reading::quick,
      [stream_id = std::move(stream_id), limit](connection& db) { return recover_stream(db, stream_id, limit); },
      std::move(reply));
}

void sqlite_events::read_stream(std::string stream_id, stream_version after, std::size_t limit,
                                reply_to<event_list> reply) {
  shared_.reading->submit<event_list>(
      reading::quick,
      [stream_id = std::move(stream_id), after, limit](connection& db) {
        return sqlite::read_stream(db, stream_id, after, limit);
      },
      std::move(reply));
}

void sqlite_events::read_shard(shard_number shard, shard_position after, std::size_t limit,
                               reply_to<event_list> reply) {
  shared_.reading->submit<event_list>(
      reading::quick, [shard, after, limit](connection& db) { return sqlite::read_shard(db, shard, after, limit); },
      std::move(reply));
}

void sqlite_events::read_all(std::uint64_t after, std::size_t limit, reply_to<event_list> reply) {
  shared_.reading->submit<event_list>(
      reading::quick, [after, limit](connection& db) { return sqlite::read_all(db, after, limit); }, std::move(reply));
}

void sqlite_events::find_command(std::string stream_id, uuid command_id, reply_to<event_list> reply) {
  shared_.reading->submit<event_list>(
      reading::quick,
      [stream_id = std::move(stream_id), command_id](connection& db) {
        return sqlite::find_command(db, stream_id, command_id);
      },
      std::move(reply));
}

void sqlite_events::heads(reply_to<std::vector<shard_position>> reply) {
  shared_.reading->submit<std::vector<shard_position>>(
      reading::quick, [this](connection& db) { return read_heads(db, shared_.identity.shards); }, std::move(reply));
}

} // namespace stele::sqlite
