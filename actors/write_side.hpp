// The way of a command: region, aggregates and lanes of one node.
#pragma once

#include "actors/clock.hpp"
#include "actors/command.hpp"
#include "actors/counters.hpp"
#include "actors/link.hpp"
#include "actors/random.hpp"
#include "actors/registry.hpp"
#include "actors/settings.hpp"
#include "actors/shard_heads.hpp"
#include "actors/shard_map.hpp"
#include "persistence/event_store.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace stele {

/// All of it outlives the write side.
struct write_parts {
  caf::actor_system& system;
  event_store& events;
  snapshot_store& snapshots;
  const registry& hosted;
  const actor_settings& settings;
  clock& time;
  random_source& random;
  const shard_map& shards;
  link* peers; ///< Null: the node is alone.
  node_counters& counters;
  shard_heads& heads;                 ///< Filled by the write side from the store, then advanced at each commit.
  std::vector<caf::actor> projectors; ///< Get `committed_events` after each commit.
  std::function<void(const std::string& why)> fenced = {}; ///< A lane has found that this node owns nothing any more.
};

/// Region, aggregates and lanes. Calls may come from any thread and return at once.
class write_side {
public:
  explicit write_side(write_parts parts);
  ~write_side(); ///< Stops and waits until no actor of it is left; from no actor.

  void submit(command_ptr it); ///< Admission: answers at once with `overloaded` beyond the limit.
  uuid new_command_id();       ///< Greater than all before it, as a stream remembers them best.
  bool ready() const;          ///< The heads have been read and commands flow.

  /// Calls `left` once nothing this node decided for a shard is on its way any more. The map says first that the shard
  /// has no owner: commands that come meanwhile wait.
  void let_go(shard_number shard, std::function<void()> left);

  void opened(shard_number shard,
              shard_position head); ///< It becomes this node's and ends there. Before the map says so.
  void moved(shard_number shard);   ///< The map names another owner than before.
  void fence();                     ///< This node owns nothing any more: everything is refused from now on.

  void drain(std::function<void()> finished); ///< Takes no more; answers when all that was accepted is answered.
  void stop(); ///< Ends the actors without waiting: commands on their way are answered `outcome_unknown`.

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
