// One node's place among the others: joins, keeps its lease, gives and takes shards, leaves. Null for a node alone.
#pragma once

#include "actors/clock.hpp"
#include "actors/counters.hpp"
#include "actors/link.hpp"
#include "actors/shard_heads.hpp"
#include "actors/shard_map.hpp"
#include "persistence/event_store.hpp"
#include "persistence/membership_store.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stele {

struct membership_settings {
  std::int64_t lease_ms = 3000; ///< As the store was opened with.
  std::uint32_t moves_per_second = 50;
  std::uint32_t moves_at_once = 4; ///< Shards on their way to other nodes.
};

/// What the rest of the node does when shards come and go. Each is called in the actor of the membership and must not
/// block.
struct membership_hooks {
  /// Calls `left`, from any thread, once nothing decided for the shard is on its way any more.
  std::function<void(shard_number, std::function<void()> left)> let_go;
  std::function<void(shard_number)> owner_changed;          ///< The map has the new one.
  std::function<void(shard_number, shard_position)> gained; ///< The shard ends there. Before the map names this node.
  std::function<void(shard_number)> lost;                   ///< Another node owns it now.
  std::function<void(node_status&)> report;                 ///< Adds what this node tells of itself.
  std::function<void(const node_status&)> heard;            ///< What another one tells.
  std::function<void(const std::string&)> dead;             ///< The node owns nothing any more and must end.
};

/// All of it outlives the membership.
struct membership_parts {
  caf::actor_system& system;
  membership_store& store;
  event_store& events;
  link& peers;
  clock& time;
  node_counters& counters;
  shard_map& shards;
  shard_heads& heads;
  membership_settings settings;
  membership_hooks hooks;
};

/// How a cluster looks from one node.
struct cluster_report {
  node_number me = 0;
  cluster_view view;
  std::vector<node_number> connected; ///< Peers there is a connection to.
  std::vector<shard_number> moving;   ///< Shards this node is giving away.
  std::int64_t lease_left_ms = 0;     ///< Of this node, by its own clock.
  std::vector<peer_requests> requests = {};
};

/// Calls may come from any thread and return at once.
class membership {
public:
  explicit membership(membership_parts parts);
  ~membership(); ///< Stops without leaving: others take over when the lease has ended.
  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;

  /// Tells the others where this node is reached, becomes active once it and they have reached each other, and carries
  /// its part from then on.
  void join(member_addresses at);

  bool active() const; ///< It carries shards, and its lease is proven.

  /// Gives its shards to the others; `given` is called when none is left, or nobody could take what is.
  void give_away(std::function<void()> given);

  /// Leaves for good. After `give_away`, and after everything decided is answered.
  void leave(std::function<void()> left);

  /// Another node says how it is. Answers how this one is.
  void hear(node_status it, std::function<void(node_status)> reply);

  void report(std::function<void(cluster_report)> reply) const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
