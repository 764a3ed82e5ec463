#include "tests/model/core_model.hpp"

namespace model {

core_state core_model::initial() const {
  core_state s;
  const bool one_waits = c_.faults.joins || c_.faults.restarts;
  for (int n = 0; n < c_.nodes; ++n) {
    const bool up = !one_waits || n + 1 < c_.nodes;
    s.nodes[n].how = up ? life::up : life::not_yet;
    if (!up) continue;
    s.db.members[n] = member::active;
    for (int l = 0; l < c_.lanes; ++l) s.db.lane_epoch[n][l] = s.nodes[n].lanes[l].epoch = 1;
  }
  for (int h = 0; h < c_.shards; ++h) {
    s.db.shard_epoch[h] = s.nodes[0].shards[h].epoch = 1;
    s.nodes[0].shards[h].how = holding::mine;
  }
  s.left = c_.faults;
  return s;
}

void core_model::next(const core_state& from, moves& out) const {
  clients(from, out);
  for (int n = 0; n < c_.nodes; ++n) {
    begin_life(from, n, out);
    const life how = from.nodes[n].how;
    if (how != life::up && how != life::stopping) continue;
    crash(from, n, out);
    for (int l = 0; l < c_.lanes; ++l) lane(from, n, l, out);
    if (how == life::stopping) continue;
    for (int h = 0; h < c_.shards; ++h) shard(from, n, h, out);
    take_over(from, n, out);
    leave(from, n, out);
  }
  for (int i = 0; i < statements_max; ++i) run_statement(from, i, out);
}

bool core_model::calm(const core_state& s) const {
  for (const statement& it : s.statements)
    if (it.kind != statement_kind::none) return false;
  for (int n = 0; n < c_.nodes; ++n) {
    if (s.nodes[n].how == life::stopping) return false;
    if (s.nodes[n].how != life::up) continue;
    for (const node_lane& it : s.nodes[n].lanes)
      if (it.phase != lane_phase::idle || it.queue_size) return false;
    for (const node_shard& it : s.nodes[n].shards)
      if (it.how != holding::none && it.how != holding::mine) return false;
  }
  for (const client_state& it : s.clients)
    if (it.attempt_at[0] || it.attempt_at[1]) return false;
  for (int h = 0; h < c_.shards; ++h) {
    const int owner = s.db.owner[h];
    const bool by_restarted = !keeps(rule::new_incarnation) && s.nodes[2].shards[h].how == holding::mine;
    if (by_restarted && s.nodes[2].how == life::up) continue;
    if (s.nodes[owner].how != life::up || s.db.members[owner] != member::active) return false;
    if (s.nodes[owner].shards[h].how != holding::mine) return false;
  }
  return true;
}

bool core_model::excused(const core_state& s) const {
  if (!s.a_node_crashed) return false;
  for (int n = 0; n < c_.nodes; ++n)
    if (s.nodes[n].how == life::up && s.db.members[row(n)] == member::active) return false;
  return true;
}

small core_model::history(const fact* facts, int length, int stream) const {
  int whose = 0, count = 0;
  for (int i = 0; i < length; ++i) {
    if (c_.stream[facts[i].command()] != stream) continue;
    whose |= facts[i].command() << (2 * count);
    ++count;
  }
  return static_cast<small>(count << 6 | whose);
}

} // namespace model
