// One node of a simulated cluster: a write side, a membership, and its ends of the database and the network.
#pragma once

#include "actors/membership.hpp"
#include "actors/read_side.hpp"
#include "actors/write_side.hpp"
#include "tests/kit/simulated_link.hpp"
#include "tests/kit/simulated_session.hpp"
#include "tests/kit/simulated_views.hpp"

#include <functional>
#include <optional>
#include <string>

namespace stele::kit {

/// How wrong the clocks of a node are.
struct clock_error {
  std::int64_t offset_ms = 0, faster_percent = 0;
};

/// One node, from its start until it is over. It has a read side where views are hosted.
class simulated_node {
public:
  simulated_node(simulation& world, simulated_database& database, simulated_network& net, const registry& hosted,
                 const actor_settings& settings, const std::string& name, std::uint32_t lanes = 2,
                 clock_error wrong = {})
      : sim(world), rows(database), time(world.time, wrong.offset_ms, wrong.faster_percent),
        session(database, name, lanes, database.lease_ms), views(database.tables, session, world),
        way(net, session.me(), time), shards(session.identity().shards, session.me()),
        heads(session.identity().shards) {
    sim.enter_process(number());
    if (!hosted.views.empty())
      reads.emplace(read_parts{sim.system(), session, views, hosted, settings, time, counters, shards, &way, heads});
    side.emplace(write_parts{sim.system(), session, session, hosted, settings, time, sim.random, shards, &way, counters,
                             heads, reads ? reads->projectors() : std::vector<caf::actor>{},
                             [this](const std::string&) { die(); }});
    membership_hooks hooks;
    hooks.let_go = [this](shard_number shard, std::function<void()> left) { side->let_go(shard, std::move(left)); };
    hooks.owner_changed = [this](shard_number shard) { side->moved(shard); };
    hooks.gained = [this](shard_number shard, shard_position head) {
      side->opened(shard, head);
      if (reads) reads->gained(shard, head);
    };
    hooks.lost = [this](shard_number shard) {
      if (reads) reads->lost(shard);
    };
    hooks.report = [this](node_status& it) {
      if (reads) reads->report(it);
    };
    hooks.heard = [this](const node_status& it) {
      if (reads) reads->hear(it);
    };
    hooks.dead = [this](const std::string&) {
      die();
      side->fence();
    };
    place.emplace(membership_parts{sim.system(), session, session, way, time, counters, shards, heads,
                                   membership_settings{database.lease_ms, 50, 4}, std::move(hooks)});
    way.on_command([this](const command_ptr& it) { side->submit(it); });
    way.on_query([this](query_ptr it) {
      if (reads) reads->ask(std::move(it));
    });
    way.on_question([this](const peer_question& what, std::function<void(peer_answer)> reply) {
      if (const auto* status = std::get_if<node_status>(&what); status && place)
        place->hear(*status, [reply](node_status mine) { reply(std::move(mine)); });
      if (const auto* written = std::get_if<await_written>(&what); written && reads)
        reads->await(*written, [reply](written_up_to found) { reply(found); });
    });
    place->join({name, name, name, 1, 1});
    sim.enter_process(0);
  }

  node_number number() const { return session.me(); }
  bool serves() const { return !over && !crashed; }

  /// What it says to a client.
  void say(std::function<void()> what) { session.say(std::move(what)); }

  /// Takes no more, answers when all that was accepted is answered and folded.
  void drain(std::function<void()> finished) {
    side->drain([this, finished = std::move(finished)] {
      sim.later([this, finished] { reads ? reads->drain(finished) : finished(); });
    });
  }

  void stop() {
    place.reset();
    reads.reset();
    side->stop();
  }

  simulation& sim;
  simulated_database& rows;
  node_counters counters;
  skewed_clock time;
  simulated_session session;
  simulated_views views;
  simulated_link way;
  shard_map shards;
  shard_heads heads;
  std::optional<read_side> reads;
  std::optional<write_side> side;
  std::optional<membership> place;
  bool over = false;    ///< It knows that it is dead, or has left.
  bool leaves = false;  ///< It was told to end.
  bool crashed = false; ///< Nobody hears of it any more.

private:
  void die() {
    if (serves() && !rows.is_dead(number()))
      sim.record.broke(promise::serves, "node " + std::to_string(number()) + " ends, but nobody has taken it over");
    over = true;
  }
};

} // namespace stele::kit
