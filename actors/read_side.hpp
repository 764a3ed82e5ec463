// The way of an event and of a query: projectors, their views and the query actors of one node.
#pragma once

#include "actors/clock.hpp"
#include "actors/counters.hpp"
#include "actors/link.hpp"
#include "actors/query.hpp"
#include "actors/registry.hpp"
#include "actors/settings.hpp"
#include "actors/shard_heads.hpp"
#include "actors/shard_map.hpp"
#include "actors/view_report.hpp"
#include "persistence/event_store.hpp"
#include "persistence/view_store.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// All of it outlives the read side.
struct read_parts {
  caf::actor_system& system;
  event_store& events;
  view_store& views;
  const registry& hosted;
  const actor_settings& settings;
  clock& time;
  node_counters& counters;
  const shard_map& shards;
  link* peers;              ///< Null: the node is alone.
  const shard_heads& heads; ///< How far each shard is durable; a look-up without a token is answered at this head.
};

/// Projectors and query actors. Calls may come from any thread and return at once.
class read_side {
public:
  explicit read_side(read_parts parts);
  ~read_side();

  /// The actors that want `committed_events`.
  std::vector<caf::actor> projectors() const;

  void ask(query_ptr it); ///< Admission: answers at once with `overloaded` beyond the limit.

  using done_reply = std::function<void(std::optional<refusal>)>;
  void rebuild(std::string view, done_reply reply);
  void pause(std::string view, done_reply reply);
  void resume(std::string view, done_reply reply);
  void reports(std::function<void(std::vector<view_report>)> reply);

  // What comes of other nodes, and goes to them.
  void gained(shard_number shard, shard_position head);
  void lost(shard_number shard);
  void hear(const node_status& it);
  void report(node_status& it) const; ///< Adds how far the views have written the shards of this node.
  void await(const await_written& what, std::function<void(written_up_to)> reply);

  bool ready() const; ///< All views are open.

  /// Writes what the views have at hand, then answers the queries that wait, as it is; answers when all that is done.
  /// Events that are still to be read from the log stay for the next start.
  void drain(std::function<void()> finished);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
