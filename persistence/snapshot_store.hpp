// Port: states of aggregates kept aside, so that a long stream loads quickly.
#pragma once

#include "persistence/identifiers.hpp"
#include "persistence/store_error.hpp"

#include <vector>

namespace stele {

/// A state as of a version. Only a short cut: it may be dropped at any time and the stream gives it again.
struct snapshot {
  std::string stream_id;
  stream_version version = 0;
  shard_position position = 0;        ///< Of the event that gave `version`.
  std::uint64_t description_hash = 0; ///< Of the state's fields and the aggregate's version; a mismatch discards it.
  std::string state;                  ///< JSON.
  std::string window;                 ///< The command ids remembered for retries; the aggregate's own format.
};

/// Keeps the newest snapshot of each stream. Asynchronous; safe from any thread.
class snapshot_store {
public:
  virtual ~snapshot_store() = default;

  /// Keeps `it` unless a newer one of that stream is there. Losing one is no fault.
  virtual void save_snapshot(snapshot it, reply_to<done> reply) = 0;

  /// Forgets the snapshot of a stream, as when it can't be read any more.
  virtual void drop_snapshot(std::string stream_id, reply_to<done> reply) = 0;

  /// At most `limit` snapshots of streams with an id > `after_stream_id`, ascending by it, bytewise: what `verify`
  /// reads.
  virtual void read_snapshots(std::string after_stream_id, std::size_t limit,
                              reply_to<std::vector<snapshot>> reply) = 0;
};

} // namespace stele
