// A batch and its statement: APPEND, which checks the fence and writes in one, or FENCE for a batch without events.
#include "tests/model/core_model.hpp"

#include <algorithm>

namespace model {

void core_model::lane(const core_state& from, int n, int l, moves& out) const {
  const node_lane& lane = from.nodes[n].lanes[l];
  if (lane.phase == lane_phase::idle && lane.queue_size) send_batch(from, n, l, out);
  if (lane.phase == lane_phase::sent && from.statements[of_lane(n, l)].step == answered) hear_batch(from, n, l, out);
  unknown_outcome(from, n, l, out);
}

void core_model::send_batch(const core_state& from, int n, int l, moves& out) const {
  move it(out, from);
  node_lane& lane = it->nodes[n].lanes[l];
  std::copy(std::begin(lane.queue), std::end(lane.queue), lane.batch);
  std::fill(std::begin(lane.queue), std::end(lane.queue), entry{});
  lane.batch_size = lane.queue_size;
  lane.queue_size = 0;
  lane.phase = lane_phase::sent;
  const bool stores = std::any_of(lane.batch, lane.batch + lane.batch_size, [](const entry& e) { return e.stores; });
  statement& sent = it->statements[of_lane(n, l)];
  sent.kind = stores ? statement_kind::append : statement_kind::fence;
  sent.node = static_cast<small>(n);
  sent.lane = static_cast<small>(l);
  sent.epoch = lane.epoch;
  if (stores) std::copy(std::begin(lane.batch), std::end(lane.batch), sent.entries);
  it.say(node_name(n), stores ? " sends an append of " : " sends the fence SELECT for ", lane.batch_size,
         " decisions, lane epoch ", lane.epoch);
}

void core_model::hear_batch(const core_state& from, int n, int l, moves& out) const {
  move it(out, from);
  const outcome how = from.statements[of_lane(n, l)].result;
  node_lane& lane = it->nodes[n].lanes[l];
  it->statements[of_lane(n, l)] = {};
  lane.phase = lane_phase::idle;
  if (how == outcome::fenced) {
    it.say(node_name(n), " reads count 0: it is dead, tells its clients \"no effect\" and stops")
        .broke(stop(*it, n, l));
    return;
  }
  if (how == outcome::duplicate) {
    it.say(node_name(n), " reads 23505").broke("(W) 23505: only the unique key stood between two writers");
    return;
  }
  it.say(node_name(n), " reads that its statement is done, and answers").broke(confirm_batch(*it, n, l));
  if (!keeps(rule::rejections_ride_later)) { // Rejections decided meanwhile go along.
    entry kept[entries_max];
    small size = 0;
    for (int i = 0; i < lane.queue_size; ++i)
      if (lane.queue[i].stores)
        kept[size++] = lane.queue[i];
      else
        it.broke(reject(*it, lane.queue[i]));
    std::copy(std::begin(kept), std::end(kept), lane.queue);
    lane.queue_size = size;
  }
  if (from.nodes[n].how == life::stopping) it.broke(stop(*it, n, l));
}

/// The first half: the row of the lane is found with our epoch and held FOR SHARE, or not found.
void core_model::run_append(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  const int member = row(sent.node);
  if (keeps(rule::share) && lane_locked(from, member)) return;
  move it(out, from);
  const bool passes = !keeps(rule::fence) || from.db.lane_epoch[member][sent.lane] == sent.epoch;
  it.say("PostgreSQL: the ", is_forgotten(i) ? "late append of " : "append of ", node_name(sent.node),
         passes ? " passes the fence" : " finds no lane row with its epoch: count 0");
  if (passes)
    it->statements[i].step = 1;
  else
    finish(*it, i, outcome::fenced);
}

/// The second half: the rows are inserted and committed.
void core_model::insert(const core_state& from, int i, moves& out) const {
  move it(out, from);
  database_state& db = it->db;
  const statement& sent = from.statements[i];
  const auto taken = [&](const entry& e) {
    const int h = c_.shard[e.command];
    return e.stores && (e.position <= db.length[h] || e.version <= stream_length(from, h, c_.stream[e.command]));
  };
  const bool duplicate = std::any_of(std::begin(sent.entries), std::end(sent.entries), taken);
  it.say("PostgreSQL: the ", is_forgotten(i) ? "late append of " : "append of ", node_name(sent.node),
         duplicate ? " raises 23505 and is rolled back" : " commits");
  for (const entry& e : sent.entries) {
    if (!e.stores || duplicate) continue;
    const int h = c_.shard[e.command];
    if (e.position != db.length[h] + 1) it.broke("(3) a gap in the positions of a shard");
    if (e.version != stream_length(*it, h, c_.stream[e.command]) + 1) it.broke("(4) a gap in the versions of a stream");
    for (int at = 0; at < db.length[h]; ++at)
      if (db.log[h][at].command() == e.command) it.broke("(5) a second effect of one command id");
    if (it->clients[e.command].how == call::no_effect && !e.marker)
      it.broke("(2) \"no effect\" was final, and now there is one");
    if (db.length[h] < log_max) db.log[h][db.length[h]++] = fact::of(e.command, sent.node, e.marker);
  }
  finish(*it, i, duplicate ? outcome::duplicate : outcome::done);
}

void core_model::run_fence(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  move it(out, from);
  const small epoch = from.db.lane_epoch[row(sent.node)][sent.lane];
  it.say("PostgreSQL: the fence SELECT of ", node_name(sent.node), " sees lane epoch ", epoch);
  finish(*it, i, epoch == sent.epoch ? outcome::done : outcome::fenced);
}

} // namespace model
