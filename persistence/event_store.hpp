// Port: the log of events, and the fence before it.
#pragma once

#include "persistence/recorded_event.hpp"
#include "persistence/snapshot_store.hpp"
#include "persistence/store_error.hpp"

namespace stele {

/// Which store this is. Read once when it is opened.
struct store_identity {
  uuid history;              ///< Made with the store, changed when a store is restored to an older state.
  std::uint32_t shards = 64; ///< Fixed when the store is made.
  std::uint32_t lanes = 1;   ///< How many appends may run at a time; lane of a shard = shard modulo lanes.
};

/// What an aggregate starts from: the newest snapshot and the events after it.
struct recovered_stream {
  std::optional<snapshot> base;
  std::vector<recorded_event> tail; ///< Versions base + 1 …, or 1 …, ascending.
  bool more = false;                ///< The tail was cut at the limit; go on with `read_stream`.
};

/// The log. Asynchronous: each call returns at once and answers through its `reply_to`, in any order
/// between reads, in call order between the writes of one lane. Safe from any thread.
class event_store {
public:
  virtual ~event_store() = default;

  virtual const store_identity& identity() const = 0;

  /// Appends a batch of one lane, all or nothing, durable when answered.
  ///
  /// In the batch, positions of a shard and versions of a stream rise by one and go on where the store
  /// ends. One append per lane at a time. Fails with `conflict` (a position or version is taken, or leaves
  /// a gap), `fenced`, `refused` (disk full) or `unavailable`: nothing was written; or with `unknown`.
  virtual void append(std::uint32_t lane, event_batch events, reply_to<done> reply) = 0;

  /// Proves that this node was still the owner of `lane` after the call was made: what an answer
  /// without events waits for. Fails with `fenced`, or `unavailable`.
  virtual void fence(std::uint32_t lane, reply_to<done> reply) = 0;

  /// Finds out what became of an append whose outcome was `unknown`, and makes sure that it can't
  /// happen any more afterwards. Answers true when it is stored, false when it is not and never will be.
  /// Fails with `unavailable` (ask again) or `fenced` (after looking; the answer "stored" still comes as true).
  virtual void resolve(std::uint32_t lane, event_batch events, reply_to<bool> reply) = 0;

  /// The snapshot and at most `limit` events after it. An unknown stream: no base, no tail.
  virtual void recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) = 0;

  /// At most `limit` events of a stream with version > `after`, ascending.
  virtual void read_stream(std::string stream_id, stream_version after, std::size_t limit,
                           reply_to<std::vector<recorded_event>> reply) = 0;

  /// At most `limit` events of a shard with position > `after`, ascending. Never skips one that
  /// commits later.
  virtual void read_shard(shard_number shard, shard_position after, std::size_t limit,
                          reply_to<std::vector<recorded_event>> reply) = 0;

  /// At most `limit` events of the whole store with global position > `after`, ascending.
  virtual void read_all(std::uint64_t after, std::size_t limit, reply_to<std::vector<recorded_event>> reply) = 0;

  /// The events of one command in a stream, ascending; none when it stored nothing there.
  virtual void find_command(std::string stream_id, uuid command_id, reply_to<std::vector<recorded_event>> reply) = 0;

  /// The last position of each shard, indexed by shard; 0 where a shard is empty.
  virtual void heads(reply_to<std::vector<shard_position>> reply) = 0;

  /// For shards that became this node's: reads where they end, after the call was made, and lets appends go on there.
  /// Answers the last positions in the order asked. Fails with `refused` (no such shard), `fenced` or `unavailable`.
  /// A store of one node has all its shards open.
  virtual void open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply);
};

/// The heads of some shards, from those of all.
stored<std::vector<shard_position>> pick_heads(const std::vector<shard_position>& all,
                                               const std::vector<shard_number>& wanted);

} // namespace stele
