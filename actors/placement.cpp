#include "actors/placement.hpp"

#include <algorithm>
#include <map>

namespace stele {

namespace {

/// A node with what it owns and what it should.
struct share {
  node_number node = 0;
  std::uint32_t weight = 0; ///< 0: it should own nothing.
  std::uint32_t build = 0;
  std::vector<shard_number> owned;
  std::size_t target = 0;

  bool receives() const { return weight > 0; }
};

std::vector<share> shares_of(const cluster_view& view) {
  std::map<node_number, share> found;
  for (const member& it : view.members) {
    const bool receives = it.status == member_status::active && it.lease_left_ms > 0;
    found[it.number] = {it.number, receives ? std::max(1U, it.at.weight) : 0, it.at.build, {}, 0};
  }
  for (shard_number shard = 0; shard < view.shards.size(); ++shard)
    if (const auto owner = found.find(view.shards[shard].node); owner != found.end())
      owner->second.owned.push_back(shard);
  std::vector<share> all;
  for (auto& [number, it] : found) all.push_back(std::move(it));
  return all;
}

/// Divides `shards` by weight. What is left over goes to those that lack least of it, so that fewest move.
void divide(const std::vector<share*>& among, std::size_t shards) {
  std::size_t weights = 0, given = 0;
  for (const share* it : among) weights += it->weight;
  if (weights == 0) return;
  for (share* it : among) given += it->target = shards * it->weight / weights;
  std::vector<share*> by_owned = among;
  std::stable_sort(by_owned.begin(), by_owned.end(), [](const share* a, const share* b) {
    return a->owned.size() + b->target > b->owned.size() + a->target;
  });
  for (std::size_t i = 0; given < shards; ++i, ++given) ++by_owned[i % by_owned.size()]->target;
}

void set_targets(std::vector<share>& all) {
  std::size_t shards = 0;
  std::uint32_t newest = 0;
  std::vector<share*> active;
  for (share& it : all) {
    shards += it.owned.size();
    if (!it.receives()) continue;
    active.push_back(&it);
    newest = std::max(newest, it.build);
  }
  divide(active, shards);
  std::vector<share*> receivers;
  for (share* it : active) {
    if (it->build == newest) {
      receivers.push_back(it);
      continue;
    }
    it->target = std::min(it->target, it->owned.size());
    shards -= it->target;
  }
  divide(receivers, shards);
}

} // namespace

std::vector<shard_move> plan_moves(const cluster_view& view) {
  std::vector<share> all = shares_of(view);
  if (std::none_of(all.begin(), all.end(), [](const share& it) { return it.receives(); })) return {};
  set_targets(all);
  std::vector<shard_move> moves;
  for (share& from : all)
    while (from.owned.size() > from.target) {
      const auto to = std::find_if(all.begin(), all.end(), [](const share& it) { return it.owned.size() < it.target; });
      if (to == all.end()) return moves;
      moves.push_back({from.owned.back(), from.node, to->node});
      to->owned.push_back(from.owned.back()); // Lists grow at the end: `from` never gives what it just got.
      from.owned.pop_back();
    }
  return moves;
}

} // namespace stele
