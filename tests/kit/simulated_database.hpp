// The database of a simulated cluster: rows that several nodes share, statements that run late, replies that are lost.
#pragma once

#include "actors/sabotage.hpp"
#include "persistence/event_store.hpp"
#include "persistence/membership_store.hpp"
#include "tests/kit/simulated_order.hpp"
#include "tests/kit/simulated_tables.hpp"
#include "tests/kit/simulation.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

/// Rows as `docs/protocol.md` has them; each method is one statement, done at once. What must never happen, and what is
/// rare, goes into the chronicle.
class simulated_database {
public:
  struct member_row {
    member it;
    std::int64_t expires_us = 0;
  };

  simulated_database(simulation& world, std::uint32_t shards)
      : sim(world), owners(shards), log(shards), tables(shards) {}

  node_number join(const std::string& name, std::uint32_t lane_count, std::int64_t lease) {
    const node_number me = ++last_number_;
    lease_ms = lease;
    members[me] = {{me, name, member_status::joining, {}, 0}, now_us() + lease * 1000};
    for (std::uint32_t lane = 0; lane < lane_count; ++lane) lanes[{me, lane}] = 1;
    told(me, "joins as " + name);
    return me;
  }

  std::uint32_t shard_count() const { return static_cast<std::uint32_t>(owners.size()); }
  bool is_dead(node_number node) const { return members.at(node).it.status == member_status::dead; }
  bool is_expired(node_number node) const { return members.at(node).expires_us < now_us(); }

  stored<std::uint64_t> renew(node_number me) {
    if (is_dead(me)) return fenced();
    members[me].expires_us = now_us() + lease_ms * 1000;
    return number();
  }

  std::uint64_t number() const {
    std::uint64_t sum = 0;
    for (const shard_owner& it : owners) sum += it.epoch;
    for (const auto& [node, row] : members) sum += static_cast<std::uint64_t>(row.it.status) + 1;
    return sum;
  }

  cluster_view view() const {
    cluster_view found{number(), {}, owners};
    for (const auto& [node, row] : members) {
      if (row.it.status == member_status::dead) continue;
      found.members.push_back(row.it);
      found.members.back().lease_left_ms = (row.expires_us - now_us()) / 1000;
    }
    return found;
  }

  stored<done> activate(node_number me) {
    if (is_dead(me)) return fenced();
    members[me].it.status = std::max(members[me].it.status, member_status::active);
    told(me, "becomes active");
    return done{};
  }

  stored<std::uint32_t> claim(node_number me) {
    if (is_dead(me)) return fenced();
    std::uint32_t claimed = 0;
    for (shard_owner& it : owners)
      if (it.node == 0) {
        own(it, me);
        ++claimed;
      }
    told(me, "claims " + std::to_string(claimed) + " shards");
    return claimed;
  }

  stored<bool> take_over(node_number me, node_number victim, bool gone) {
    if (is_dead(me)) return fenced();
    if (is_dead(victim) || !(gone || is_expired(victim))) return false;
    if (outstanding[victim].appends != 0) sim.record.saw(rare::taken_with_a_batch_out);
    if (outstanding[victim].resolves != 0) sim.record.saw(rare::taken_while_resolving);
    bury(victim);
    for (shard_owner& it : owners)
      if (it.node == victim) own(it, me);
    told(me, "takes over from node " + std::to_string(victim));
    return true;
  }

  stored<std::optional<std::uint64_t>> give(node_number me, shard_number shard, std::uint64_t epoch, node_number to) {
    shard_owner& it = owners[shard];
    if (is_dead(me)) return fenced();
    const bool is_free =
        it == shard_owner{me, epoch} || (STELE_SABOTAGE(epoch_of_a_give_not_compared) && it.node == me);
    const bool may_get = members[to].it.status == member_status::active || STELE_SABOTAGE(give_to_the_dead);
    told(me, (is_free && may_get ? "gives the shard to node " : "may not give the shard to node ") + std::to_string(to),
         shard);
    if (!is_free || !may_get) return std::optional<std::uint64_t>{};
    own(it, to);
    return std::optional<std::uint64_t>{it.epoch};
  }

  stored<done> keep(node_number me, shard_number shard, std::uint64_t epoch) {
    if (is_dead(me)) return fenced();
    const bool was_mine = owners[shard] == shard_owner{me, epoch};
    sim.record.saw(was_mine ? rare::give_had_not_happened : rare::give_had_happened);
    if (was_mine) ++owners[shard].epoch;
    told(me, was_mine ? "keeps the shard" : "can't keep the shard: it was given", shard);
    return done{};
  }

  stored<std::uint32_t> leave(node_number me) {
    if (is_dead(me)) return fenced();
    members[me].it.status = member_status::leaving;
    const auto left = std::count_if(owners.begin(), owners.end(), [me](const auto& it) { return it.node == me; });
    if (left == 0) bury(me);
    told(me, left == 0 ? "has left" : "leaves, with " + std::to_string(left) + " shards to give");
    return static_cast<std::uint32_t>(left);
  }

  stored<done> append(node_number me, std::uint32_t lane, std::uint64_t epoch,
                      const std::vector<recorded_event>& events, simulated_order::open_append& places) {
    const shard_number first = events.front().shard;
    if (!passes(me, lane, epoch)) {
      sim.record.saw(lanes.count({me, lane}) != 0 ? rare::late_append : rare::fenced_append);
      told(me, "is fenced: its append at lane epoch " + std::to_string(epoch) + " stores nothing", first);
      return fenced();
    }
    if (!fits(events)) {
      sim.record.broke(promise::no_gaps,
                       "only a unique key stood between node " + std::to_string(me) + " and another writer", first);
      return store_error{store_fault::conflict, "taken"};
    }
    for (recorded_event event : events) {
      event.global_position = places.take({event.shard, event.position});
      store(me, event);
    }
    return done{};
  }

  /// The fence of an append.
  bool passes(node_number me, std::uint32_t lane, std::uint64_t epoch) const {
    return holds(me, lane, epoch) || STELE_SABOTAGE(fence_of_appends_dropped);
  }

  bool fits(const std::vector<recorded_event>& events) {
    std::map<shard_number, shard_position> heads;
    std::map<std::string, stream_version> versions;
    return std::all_of(events.begin(), events.end(), [&](const recorded_event& event) {
      const auto head = heads.emplace(event.shard, log[event.shard].size()).first;
      const auto version = versions.emplace(event.stream_id, streams[event.stream_id].size()).first;
      return event.position == ++head->second && event.version == ++version->second;
    });
  }

  bool holds(node_number me, std::uint32_t lane, std::uint64_t epoch) const {
    const auto found = lanes.find({me, lane});
    return found != lanes.end() && found->second == epoch;
  }

  bool is_stored(const recorded_event& event) const {
    const auto& shard = log[event.shard];
    return event.position <= shard.size() && shard[event.position - 1].event_id == event.event_id;
  }

  static uuid history() { return hash_to_uuid("simulated"); }
  static store_error fenced() { return {store_fault::fenced, "another node has taken this one's shards"}; }
  std::int64_t now_us() const { return sim.time.steady_us(); }

  simulation& sim;
  std::map<node_number, member_row> members;
  std::map<std::pair<node_number, std::uint32_t>, std::uint64_t> lanes;
  std::vector<shard_owner> owners;
  std::vector<std::vector<recorded_event>> log; ///< By shard.
  std::map<std::string, std::vector<recorded_event>> streams;
  std::map<std::string, snapshot> snapshots;
  simulated_order order;                                ///< Of all events.
  simulated_tables tables;                              ///< Of the views.
  std::function<void(const recorded_event&)> on_stored; ///< Whoever judges what may be stored.
  std::int64_t lease_ms = 3000;
  bool away = false; ///< No statement reaches it.

  /// What a node has sent and not heard of.
  struct statements_out {
    std::size_t appends = 0, resolves = 0;
  };
  std::map<node_number, statements_out> outstanding;

  template <class Words>
  void told(node_number me, const Words& what, std::optional<shard_number> shard = {}) {
    sim.record.tell(shard, [&] {
      const std::string epoch = shard ? " (owner " + std::to_string(owners[*shard].node) + ", epoch " +
                                            std::to_string(owners[*shard].epoch) + ")"
                                      : "";
      return "node " + std::to_string(me) + " " + what + epoch;
    });
  }

private:
  void own(shard_owner& it, node_number node) {
    const auto shard = static_cast<shard_number>(&it - owners.data());
    it = {node, it.epoch + 1};
    if (!former_owners_.emplace(shard, node).second) sim.record.saw(rare::shard_came_back);
  }

  void store(node_number me, const recorded_event& event) {
    if (owners[event.shard].node != me)
      sim.record.broke(promise::one_writer,
                       "node " + std::to_string(me) + " stored version " + std::to_string(event.version) + " of " +
                           event.stream_id + ", but node " + std::to_string(owners[event.shard].node) +
                           " owns the shard",
                       event.shard);
    if (event.part == 1 && !done_.emplace(event.stream_id, event.command_id).second)
      sim.record.broke(promise::one_effect,
                       "a command was done again as version " + std::to_string(event.version) + " of " +
                           event.stream_id,
                       event.shard);
    log[event.shard].push_back(event);
    streams[event.stream_id].push_back(event);
    if (on_stored) on_stored(event);
    sim.record.tell(event.shard, [&] {
      return "node " + std::to_string(me) + " stores version " + std::to_string(event.version) + " of " +
             event.stream_id + ": " + event.type + " " + event.payload + ", at position " +
             std::to_string(event.position) + ", command " + to_string(event.command_id).substr(24);
    });
  }

  void bury(node_number node) {
    if (!STELE_SABOTAGE(lanes_of_the_dead_left))
      std::erase_if(lanes, [node](const auto& it) { return it.first.first == node; });
    members[node].it.status = member_status::dead;
  }

  std::set<std::pair<shard_number, node_number>> former_owners_;
  std::set<std::pair<std::string, uuid>> done_;

  node_number last_number_ = 0;
};

} // namespace stele::kit
