// How a node comes and goes: it joins or is started again, crashes, leaves, or learns that it is dead.
#include "tests/model/core_model.hpp"

#include <algorithm>

namespace model {

namespace {

node_state without_memory(life how) {
  node_state it;
  it.how = how;
  return it;
}

} // namespace

void core_model::begin_life(const core_state& from, int n, moves& out) const {
  if (from.nodes[n].how != life::not_yet) return;
  if (keeps(rule::new_incarnation) && (from.left.joins || from.left.restarts)) {
    move it(out, from);
    if (from.left.joins)
      --it->left.joins;
    else
      --it->left.restarts;
    it->nodes[n].how = life::up;
    it->db.members[n] = member::active;
    for (int l = 0; l < c_.lanes; ++l) it->db.lane_epoch[n][l] = it->nodes[n].lanes[l].epoch = 1;
    it.fault().say(node_name(n), " joins as a member with a number of its own");
  }
  if (keeps(rule::new_incarnation) || !from.left.restarts || !lanes_free(from, 0) || lane_locked(from, 0)) return;
  move it(out, from);
  --it->left.restarts;
  it->nodes[n].how = life::up;
  it->db.members[0] = member::active;
  for (int l = 0; l < c_.lanes; ++l) it->nodes[n].lanes[l].epoch = ++it->db.lane_epoch[0][l];
  it.fault().say(node_name(n), " is node A started again under the same name, lane epoch + 1");
}

void core_model::crash(const core_state& from, int n, moves& out) const {
  if (!from.left.crashes) return;
  core_state after = from;
  --after.left.crashes;
  after.a_node_crashed = 1;
  bool room = forget(after, of_node(n));
  for (int l = 0; l < c_.lanes; ++l) room = forget(after, of_lane(n, l)) && room;
  if (!room) return;
  after.nodes[n] = without_memory(life::crashed);
  for (client_state& client : after.clients)
    for (small& at : client.attempt_at)
      if (at == n + 1) at = 0;
  move it(out, after);
  it.fault().say(node_name(n), " crashes");
}

void core_model::leave(const core_state& from, int n, moves& out) const {
  if (!from.left.leaves || from.statements[of_node(n)].kind != statement_kind::none) return;
  for (const node_lane& it : from.nodes[n].lanes)
    if (it.phase != lane_phase::idle || it.queue_size) return;
  for (const node_shard& it : from.nodes[n].shards)
    if (it.how != holding::none) return;
  bool owns = false, others = false;
  for (int h = 0; h < c_.shards; ++h) owns = owns || from.db.owner[h] == n;
  for (int m = 0; m < c_.nodes; ++m)
    others = others || (m != n && from.nodes[m].how == life::up && from.db.members[m] == member::active);
  if (!others || from.db.members[n] != member::active || (owns && keeps(rule::leave_empty))) return;
  if (member_shared(from, n) || member_locked(from, n) || !lanes_free(from, n)) return;
  move it(out, from);
  --it->left.leaves;
  it->db.members[n] = member::dead;
  for (small& epoch : it->db.lane_epoch[n]) epoch = 0;
  it.fault().say(node_name(n), " leaves").broke(stop(*it, n));
}

/// It is dead and says so to everybody. Nothing more is sent, but what another lane has in flight keeps its own
/// verdict.
const char* core_model::stop(core_state& s, int n, int own_lane) const {
  const char* broken = nullptr;
  if (s.db.members[row(n)] == member::active && keeps(rule::new_incarnation))
    broken = "(8) a living member stopped itself: it took its own late statement for a take-over";
  bool waits = false;
  for (int l = 0; l < c_.lanes; ++l) {
    const bool flies = l != own_lane && own_lane >= 0 && s.nodes[n].lanes[l].phase != lane_phase::idle;
    const bool waited_for = flies && keeps(rule::other_lanes);
    waits = waits || waited_for;
    const char* batch = waited_for ? nullptr : fail_batch(s, n, l);
    const char* queue = fail_queue(s, n, l);
    if (!broken) broken = batch ? batch : queue;
  }
  bool room = forget(s, of_node(n));
  if (waits) {
    s.nodes[n].how = life::stopping;
    s.nodes[n].lanes[own_lane].phase = lane_phase::idle;
    std::fill(std::begin(s.nodes[n].shards), std::end(s.nodes[n].shards), node_shard{});
  } else {
    for (int l = 0; l < c_.lanes; ++l) room = forget(s, of_lane(n, l)) && room;
    s.nodes[n] = without_memory(life::stopped);
  }
  return room ? broken : "the model has no room for one more forgotten statement";
}

} // namespace model
