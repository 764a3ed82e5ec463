// No reply to an append: move one's own fence on, so that it can't happen any more, then look whether it did.
#include "tests/model/core_model.hpp"

#include <algorithm>

namespace model {

void core_model::unknown_outcome(const core_state& from, int n, int l, moves& out) const {
  const node_lane& lane = from.nodes[n].lanes[l];
  const int i = of_lane(n, l);
  const statement& sent = from.statements[i];
  const bool waits =
      lane.phase == lane_phase::sent ? sent.kind == statement_kind::append : lane.phase == lane_phase::bumping;
  if (waits && from.left.give_ups) {
    if (core_state room = from; forget(room, i)) {
      move it(out, from);
      --it->left.give_ups;
      forget(*it, i);
      it->nodes[n].lanes[l].phase = keeps(rule::bump) ? lane_phase::unknown : lane_phase::looking;
      it.fault().say(node_name(n), " gets no reply to its ", lane.phase == lane_phase::sent ? "append" : "bump",
                     ": outcome unknown");
    }
  }
  if (lane.phase == lane_phase::unknown) {
    move it(out, from);
    statement& bump = it->statements[i];
    bump.kind = statement_kind::bump;
    bump.node = static_cast<small>(n);
    bump.lane = static_cast<small>(l);
    bump.epoch = static_cast<small>(lane.epoch + 1);
    it->nodes[n].lanes[l].phase = lane_phase::bumping;
    it.say(node_name(n), " sends a bump of its own lane to epoch ", bump.epoch);
  }
  if (lane.phase == lane_phase::bumping && sent.step == answered) {
    move it(out, from);
    node_lane& now = it->nodes[n].lanes[l];
    const bool lives = sent.result == outcome::done;
    if (lives) now.epoch = sent.epoch;
    now.phase = lives ? lane_phase::looking : lane_phase::looking_dead;
    it->statements[i] = {};
    it.say(node_name(n), lives ? " has bumped its lane" : " found no row to bump: it is dead");
  }
  if (lane.phase == lane_phase::looking || lane.phase == lane_phase::looking_dead) look(from, n, l, out);
}

bool core_model::is_there(const core_state& s, int n, const node_lane& lane) const {
  for (int i = lane.batch_size - 1; i >= 0; --i) {
    const entry& it = lane.batch[i];
    if (!it.stores) continue;
    const int h = c_.shard[it.command];
    if (it.position > s.db.length[h]) return false;
    const fact there = s.db.log[h][it.position - 1];
    return there.command() == it.command && (there.node() == n || !keeps(rule::fresh_event_ids));
  }
  return false;
}

void core_model::look(const core_state& from, int n, int l, moves& out) const {
  move it(out, from);
  node_lane& lane = it->nodes[n].lanes[l];
  const bool dead = lane.phase == lane_phase::looking_dead || from.nodes[n].how == life::stopping;
  const bool there = is_there(from, n, lane);
  it.say(node_name(n),
         " looks for its batch in the log: ", there ? "there, it is acknowledged" : "not there, \"no effect\"");
  lane.phase = lane_phase::idle;
  if (there) {
    it.broke(confirm_batch(*it, n, l));
  } else {
    it.broke(fail_batch(*it, n, l));
    for (int h = 0; h < c_.shards; ++h) {
      node_shard& memory = it->nodes[n].shards[h];
      if (lane_of(h) != l) continue;
      for (int at = memory.durable; at < log_max; ++at) memory.memory[at] = {};
      memory.length = memory.durable;
    }
    if (keeps(rule::rollback) || dead) {
      it.broke(fail_queue(*it, n, l)); // Rejections too: they may rest on what just fell.
    } else {
      entry kept[entries_max];
      small size = 0;
      for (int i = 0; i < lane.queue_size; ++i)
        if (!lane.queue[i].stores)
          kept[size++] = lane.queue[i];
        else
          it.broke(say_no_effect(*it, lane.queue[i].command));
      std::copy(std::begin(kept), std::end(kept), lane.queue);
      lane.queue_size = size;
    }
  }
  if (dead) it.broke(stop(*it, n, l));
}

/// The number was computed once, so that a late repetition changes nothing; no row means dead, and nothing else.
void core_model::run_bump(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  const int member = row(sent.node);
  if (lane_shared(from, member, sent.lane) || lane_locked(from, member)) return;
  move it(out, from);
  small& epoch = it->db.lane_epoch[member][sent.lane];
  const bool matches = epoch != 0 && (!keeps(rule::bump_number) || epoch <= sent.epoch);
  if (matches) epoch = keeps(rule::bump_number) ? sent.epoch : static_cast<small>(epoch + 1);
  it->statements[i].epoch = matches ? epoch : sent.epoch;
  it.say("PostgreSQL: the ", is_forgotten(i) ? "late bump of " : "bump of ", node_name(sent.node),
         matches ? " sets its lane to epoch " : " matches no row; epoch ", epoch);
  finish(*it, i, matches ? outcome::done : outcome::fenced);
}

} // namespace model
