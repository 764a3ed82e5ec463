#include "tests/model/tentative_model.hpp"

namespace model {

tentative_state tentative_model::initial() const {
  tentative_state s;
  s.left = c_.faults;
  return s;
}

void tentative_model::next(const tentative_state& from, moves& out) const {
  for (int k = 0; k < c_.callers; ++k) {
    call(from, k, out);
    hear_command(from, k, out);
  }
  for (int a = 0; a < c_.streams; ++a) aggregate(from, a, out);
  lane(from, out);
  lose_node(from, out);
}

bool tentative_model::calm(const tentative_state& s) const {
  for (const caller_state& it : s.callers)
    if (it.heard == said::nothing) return false;
  for (int a = 0; a < c_.streams; ++a) {
    const aggregate_state& it = s.aggregates[a];
    if (it.pending.size && !lane_answers()) return false;
    if (it.to_lane.size || it.from_lane.size) return false;
    if (it.generation <= s.lane.lost_generation[a]) return false; // It would be refused for ever.
  }
  return s.lane.queue.size == 0 && (s.lane.phase == writing::idle || s.lane.phase == writing::dead);
}

void tentative_model::call(const tentative_state& from, int k, moves& out) const {
  if (from.callers[k].heard != said::not_called) return;
  move it(out, from);
  it->callers[k].heard = said::nothing;
  it->callers[k].seen_before = from.log[c_.stream[k]].size;
  it.fault().say("caller ", k + 1, " sends command ", c_.command[k], " to stream ", c_.stream[k]);
}

/// Another node takes over, and writes. This one learns of it from its next statement.
void tentative_model::lose_node(const tentative_state& from, moves& out) const {
  if (from.left.take_overs && !from.taken_over) {
    move it(out, from);
    --it->left.take_overs;
    it->taken_over = 1;
    it.fault().say("another node takes over");
  }
  for (int a = 0; from.taken_over && from.left.foreign_events && a < c_.streams; ++a) {
    if (from.log[a].size == facts_max) continue;
    move it(out, from);
    --it->left.foreign_events;
    it->log[a].add(foreign);
    it.fault().say("the new owner writes an event to stream ", a, " and acknowledges it");
  }
}

} // namespace model
