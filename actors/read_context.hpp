// What every actor of the read side works with.
#pragma once

#include "actors/clock.hpp"
#include "actors/counters.hpp"
#include "actors/lifetime_gate.hpp"
#include "actors/served_view.hpp"
#include "actors/settings.hpp"
#include "actors/shard_heads.hpp"
#include "actors/shard_map.hpp"
#include "persistence/event_store.hpp"
#include "persistence/view_store.hpp"

#include <memory>
#include <vector>

namespace stele {

class remote_reads;

/// Shared by the actors of one read side. What it refers to may be used by an actor only behind `gate`.
struct read_context {
  event_store& events;
  view_store& views;
  const actor_settings settings;
  clock& time;
  node_counters& counters;
  const shard_heads& heads;
  const shard_map& shards;
  const bool several;                               ///< Whether the node is one of several.
  std::vector<std::shared_ptr<served_view>> served; ///< In the order of the registry.
  lifetime_gate gate;
  remote_reads* remote = nullptr; ///< Null: the node is alone. Set before the first query comes. Behind `gate`.
};

using read_context_ptr = std::shared_ptr<read_context>;

} // namespace stele
