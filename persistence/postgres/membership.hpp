// A node's place among the nodes of a store: it joins, proves that it lives, and leaves.
#pragma once

#include "persistence/postgres/connection.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace stele::postgres {

/// How a node joins.
struct joining {
  std::string name = "node";
  std::uint32_t lanes = 1, shards = 64;
  std::chrono::milliseconds ttl = std::chrono::seconds(15); ///< Without a heartbeat for so long a node may be replaced.
  std::chrono::milliseconds patience = std::chrono::seconds(1); ///< For a node that is just ending.
};

/// Makes this start of the node a member that owns every shard. What nodes before it left behind, it takes over; one
/// that lives is the reason to refuse. Answers the number of the node.
stored<std::uint64_t> join_alone(connection& db, const joining& how);

/// Makes this start of the node a member of the cluster on the schema: joining, its lease is `ttl`. A living node that
/// has the schema alone is the reason to refuse. Answers the number of the node.
stored<std::uint64_t> join_cluster(connection& db, const joining& how);

/// Says now and then, in a thread of its own, that the node lives; on `close` gives its shards back.
class heartbeat {
public:
  heartbeat(connection_settings where, connection db, std::uint64_t node, std::chrono::milliseconds ttl);
  ~heartbeat();

  /// Ends the heartbeat and the node: its lanes are fenced, its shards are free. After all writes.
  void close();

private:
  void run();
  void renew();
  void release();

  const connection_settings where_;
  std::optional<connection> db_;
  const std::uint64_t node_;
  const std::chrono::milliseconds ttl_;
  std::mutex mutex_;
  std::condition_variable closing_;
  bool closed_ = false;
  std::thread thread_;
};

} // namespace stele::postgres
