// A store as the runtime opens it: log, snapshots and views behind one address.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/membership_store.hpp"
#include "persistence/snapshot_store.hpp"
#include "persistence/view_store.hpp"

#include <functional>
#include <memory>

namespace stele {

/// How a store is opened. `uri` is `memory:`, `sqlite:FILE` or `postgresql://USER@HOST:PORT/DATABASE`.
struct store_options {
  std::string uri;
  std::uint32_t shards = 64; ///< For a new store; an existing one must have been made with this number.
  std::uint32_t readers = 2; ///< Threads, and connections, that read.
  bool read_only = false;    ///< For `verify` and `export`: nothing is made, migrated or written.

  // The rest is for PostgreSQL alone.
  std::uint32_t lanes = 1;           ///< Appends that may run at a time, each on a connection of its own.
  std::string schema = "stele";      ///< Where the tables are.
  std::string read_uri = {};         ///< Another server that answers queries, as a standby; empty: the same.
  std::string node = "node";         ///< Name of this node in the table of nodes.
  std::string durability = "refuse"; ///< Or `warn`: when the server's settings could lose acknowledged events.
  std::function<void(const std::string&)> warn = {}; ///< Hears sentences while the store is opened.
  bool clustered = false;                ///< Shares the store with other nodes; else this node has it alone.
  std::chrono::milliseconds lease{3000}; ///< Of a clustered node: without `renew` for so long others may replace it.
};

/// All ports of one store. Closing (destroying) it finishes what was submitted and answers it; calls made later are
/// answered with `unavailable`.
class store {
public:
  virtual ~store() = default;
  virtual event_store& events() = 0;
  virtual snapshot_store& snapshots() = 0;
  virtual view_store& views() = 0;

  /// The place among the nodes that share the store. Null unless it was opened clustered, and for writing. Such a store
  /// starts without a shard: `claim`, then `open_shards`. Closing it doesn't leave: that is the node's to do before.
  virtual membership_store* membership() = 0;

  /// Writes a consistent copy of the whole store to `file` while it is in use. The copy is another history: tokens of
  /// this store mean nothing to it. Fails with `refused` when the file exists or the store has none.
  virtual void backup(std::string file, reply_to<done> reply) = 0;

  /// Finishes what was submitted and answers it; calls made later are answered with `unavailable`. The destructor does
  /// it too. Not from a `reply_to`.
  virtual void close() = 0;
};

/// Opens, and makes if it is new, the store at `options.uri`. Fails with `refused` and a sentence: an address nobody
/// knows, a file another process has open, a file of a newer version, another number of shards.
stored<std::unique_ptr<store>> open_store(const store_options& options);

} // namespace stele
