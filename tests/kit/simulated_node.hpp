// One node of a simulated cluster: a write side, a membership, and its ends of the database and the network.
#pragma once

#include "actors/membership.hpp"
#include "actors/write_side.hpp"
#include "tests/kit/simulated_link.hpp"
#include "tests/kit/simulated_session.hpp"

#include <functional>
#include <optional>
#include <string>

namespace stele::kit {

/// One node, from its start until it is over.
class simulated_node {
public:
  simulated_node(simulation& world, simulated_database& database, simulated_network& net, const registry& hosted,
                 const actor_settings& settings, const std::string& name, std::uint32_t lanes = 2)
      : sim(world), rows(database), session(database, name, lanes, database.lease_ms), way(net, session.me()),
        shards(session.identity().shards, session.me()), heads(session.identity().shards) {
    side.emplace(write_parts{sim.system(),
                             session,
                             session,
                             hosted,
                             settings,
                             sim.time,
                             sim.random,
                             shards,
                             &way,
                             counters,
                             heads,
                             {},
                             [this](const std::string&) { die(); }});
    membership_hooks hooks;
    hooks.let_go = [this](shard_number shard, std::function<void()> left) { side->let_go(shard, std::move(left)); };
    hooks.owner_changed = [this](shard_number shard) { side->moved(shard); };
    hooks.gained = [this](shard_number shard, shard_position head) { side->opened(shard, head); };
    hooks.lost = [](shard_number) {};
    hooks.report = [](node_status&) {};
    hooks.heard = [](const node_status&) {};
    hooks.dead = [this](const std::string&) {
      die();
      side->fence();
    };
    place.emplace(membership_parts{sim.system(), session, session, way, sim.time, counters, shards, heads,
                                   membership_settings{database.lease_ms, 50, 4}, std::move(hooks)});
    way.on_command([this](const command_ptr& it) { side->submit(it); });
    way.on_question([this](const peer_question& what, std::function<void(peer_answer)> reply) {
      if (const auto* status = std::get_if<node_status>(&what); status && place)
        place->hear(*status, [reply](node_status mine) { reply(std::move(mine)); });
    });
    place->join({name, name, name, 1, 1});
  }

  node_number number() const { return session.me(); }
  bool serves() const { return !over && !crashed; }

  /// What it says to a client.
  void say(std::function<void()> what) { session.say(std::move(what)); }

  void stop() {
    place.reset();
    side->stop();
  }

  simulation& sim;
  simulated_database& rows;
  node_counters counters;
  simulated_session session;
  simulated_link way;
  shard_map shards;
  shard_heads heads;
  std::optional<write_side> side;
  std::optional<membership> place;
  bool over = false;    ///< It knows that it is dead, or has left.
  bool leaves = false;  ///< It was told to end.
  bool crashed = false; ///< Nobody hears of it any more.

private:
  void die() {
    if (!over && !rows.is_dead(number()))
      sim.record.broke(promise::serves, "node " + std::to_string(number()) + " ends, but nobody has taken it over");
    over = true;
  }
};

} // namespace stele::kit
