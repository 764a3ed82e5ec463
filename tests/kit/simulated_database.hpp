// The database of a simulated cluster: rows that several nodes share, statements that run late, replies that are lost.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/membership_store.hpp"
#include "tests/kit/simulation.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stele::kit {

/// Rows as `docs/protocol.md` has them; each method is one statement, done at once. Writes down what must never happen.
class simulated_database {
public:
  struct member_row {
    member it;
    std::int64_t expires_us = 0;
  };

  simulated_database(simulation& world, std::uint32_t shards) : sim(world), owners(shards), log(shards) {}

  node_number join(const std::string& name, std::uint32_t lane_count, std::int64_t lease) {
    const node_number me = ++last_number_;
    lease_ms = lease;
    members[me] = {{me, name, member_status::joining, {}, 0}, now_us() + lease * 1000};
    for (std::uint32_t lane = 0; lane < lane_count; ++lane) lanes[{me, lane}] = 1;
    return me;
  }

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
    return done{};
  }

  stored<std::uint32_t> claim(node_number me) {
    if (is_dead(me)) return fenced();
    std::uint32_t claimed = 0;
    for (shard_owner& it : owners)
      if (it.node == 0) {
        it = {me, it.epoch + 1};
        ++claimed;
      }
    return claimed;
  }

  stored<bool> take_over(node_number me, node_number victim, bool gone) {
    if (is_dead(me)) return fenced();
    if (is_dead(victim) || !(gone || is_expired(victim))) return false;
    bury(victim);
    for (shard_owner& it : owners)
      if (it.node == victim) it = {me, it.epoch + 1};
    return true;
  }

  stored<std::optional<std::uint64_t>> give(node_number me, shard_number shard, std::uint64_t epoch, node_number to) {
    shard_owner& it = owners[shard];
    if (is_dead(me)) return fenced();
    if (it != shard_owner{me, epoch} || members[to].it.status != member_status::active)
      return std::optional<std::uint64_t>{};
    it = {to, epoch + 1};
    return std::optional<std::uint64_t>{it.epoch};
  }

  stored<done> keep(node_number me, shard_number shard, std::uint64_t epoch) {
    if (is_dead(me)) return fenced();
    if (owners[shard] == shard_owner{me, epoch}) ++owners[shard].epoch;
    return done{};
  }

  stored<std::uint32_t> leave(node_number me) {
    if (is_dead(me)) return fenced();
    members[me].it.status = member_status::leaving;
    const auto left = std::count_if(owners.begin(), owners.end(), [me](const auto& it) { return it.node == me; });
    if (left == 0) bury(me);
    return static_cast<std::uint32_t>(left);
  }

  stored<done> append(node_number me, std::uint32_t lane, std::uint64_t epoch,
                      const std::vector<recorded_event>& events) {
    if (!holds(me, lane, epoch)) return fenced();
    std::map<shard_number, shard_position> heads;
    std::map<std::string, stream_version> versions;
    for (const recorded_event& event : events) {
      const auto head = heads.emplace(event.shard, log[event.shard].size()).first;
      const auto version = versions.emplace(event.stream_id, streams[event.stream_id].size()).first;
      if (event.position != ++head->second || event.version != ++version->second) {
        breaches.push_back("only a unique key stood between two writers of shard " + std::to_string(event.shard));
        return store_error{store_fault::conflict, "taken"};
      }
    }
    for (const recorded_event& event : events) {
      log[event.shard].push_back(event);
      streams[event.stream_id].push_back(event);
    }
    return done{};
  }

  bool holds(node_number me, std::uint32_t lane, std::uint64_t epoch) const {
    const auto found = lanes.find({me, lane});
    return found != lanes.end() && found->second == epoch;
  }

  bool is_stored(const recorded_event& event) const {
    const auto& shard = log[event.shard];
    return event.position <= shard.size() && shard[event.position - 1].event_id == event.event_id;
  }

  static store_error fenced() { return {store_fault::fenced, "another node has taken this one's shards"}; }
  std::int64_t now_us() const { return sim.time.steady_us(); }

  simulation& sim;
  std::map<node_number, member_row> members;
  std::map<std::pair<node_number, std::uint32_t>, std::uint64_t> lanes;
  std::vector<shard_owner> owners;
  std::vector<std::vector<recorded_event>> log; ///< By shard.
  std::map<std::string, std::vector<recorded_event>> streams;
  std::vector<std::string> breaches;
  std::int64_t lease_ms = 3000;

private:
  void bury(node_number node) {
    std::erase_if(lanes, [node](const auto& it) { return it.first.first == node; });
    members[node].it.status = member_status::dead;
  }

  node_number last_number_ = 0;
};

} // namespace stele::kit
