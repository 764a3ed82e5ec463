// The lane: collects decisions, writes them batch by batch, and says what became of them.
#include "tests/model/tentative_model.hpp"

#include <algorithm>

namespace model {

void tentative_model::lane(const tentative_state& from, moves& out) const {
  for (int a = 0; a < c_.streams; ++a)
    if (from.aggregates[a].to_lane.size) hear_decision(from, a, out);
  send_batch(from, out);
  run_statement(from, out);
  hear_outcome(from, out);
}

bool tentative_model::is_void(const tentative_state& s, const decision& it) const {
  return it.generation <= s.lane.lost_generation[stream_of(it)];
}

/// A decision that falls. When aggregates answer, they do so for all they have decided, at the notice.
void tentative_model::give_back(move& it, const decision& lost, bool tell) const {
  const int a = stream_of(lost);
  small& generation = it->lane.lost_generation[a];
  generation = std::max(generation, lost.generation);
  if (lane_answers()) it.broke(answer(*it, lost, said::no_effect));
  if (tell && !it->aggregates[a].from_lane.full()) it->aggregates[a].from_lane.push({1, lost.generation, lost.caller});
}

void tentative_model::hear_decision(const tentative_state& from, int a, moves& out) const {
  move it(out, from);
  const decision heard = it->aggregates[a].to_lane.pop();
  it.say("the lane takes the decision for caller ", heard.caller);
  if (keeps(rule::refuse_late) && is_void(from, heard)) {
    it.say(": of a state that is lost, refused");
    give_back(it, heard, false);
  } else if (from.lane.phase == writing::dead) {
    it.say(": this node is dead, refused");
    give_back(it, heard, true);
  } else {
    it->lane.queue.push(heard);
  }
}

void tentative_model::send_batch(const tentative_state& from, moves& out) const {
  if (from.lane.phase != writing::idle || !from.lane.queue.size) return;
  move it(out, from);
  lane_state& lane = it->lane;
  while (lane.queue.size && !lane.batch.full()) lane.batch.push(lane.queue.pop());
  lane.phase = writing::sent;
  lane.statement = fate::running;
  it.say("the lane sends a batch of ", lane.batch.size, " decisions, ", lane.queue.size, " stay in the queue");
}

bool tentative_model::is_duplicate(const tentative_state& s) const {
  int length[streams_max] = {s.log[0].size, s.log[1].size};
  for (int i = 0; i < s.lane.batch.size; ++i) {
    const decision& it = s.lane.batch.of[i];
    if (it.stores && it.basis.size < length[stream_of(it)]++) return true;
  }
  return false;
}

void tentative_model::run_statement(const tentative_state& from, moves& out) const {
  if (from.lane.statement != fate::running) return;
  {
    move it(out, from);
    const bool duplicate = !from.taken_over && c_.unique_key_acts && is_duplicate(from);
    it->lane.statement = from.taken_over ? fate::fenced : duplicate ? fate::failed : fate::committed;
    it.say("PostgreSQL: the batch ", from.taken_over ? "is fenced" : duplicate ? "raises 23505" : "commits");
    for (int i = 0; it->lane.statement == fate::committed && i < from.lane.batch.size; ++i)
      if (from.lane.batch.of[i].stores) it.broke(write(*it, from.lane.batch.of[i]));
  }
  if (!from.left.failures) return;
  move it(out, from);
  --it->left.failures;
  it->lane.statement = fate::failed;
  it.fault().say("PostgreSQL: the batch fails");
}

void tentative_model::hear_outcome(const tentative_state& from, moves& out) const {
  const fate how = from.lane.statement;
  if (from.lane.phase == writing::sent && from.left.unknowns) {
    move it(out, from);
    --it->left.unknowns;
    it->lane.phase = writing::unknown;
    it.fault().say("the lane gets no reply: outcome unknown");
  }
  const bool resolves = from.lane.phase == writing::unknown;
  if (!resolves && (from.lane.phase != writing::sent || how == fate::running)) return;
  move it(out, from);
  it->lane.statement = fate::none; // After the bump of a resolution it can't run any more.
  it.say(resolves ? "the lane has found out that its batch " : "the lane hears that its batch ",
         how == fate::committed ? "was committed" : "was not committed");
  if (how == fate::committed)
    committed(it);
  else
    lost(it, how == fate::fenced || (resolves && from.taken_over));
}

void tentative_model::committed(move& it) const {
  lane_state& lane = it->lane;
  lane.phase = writing::idle;
  small last[streams_max] = {}, generation[streams_max] = {};
  while (lane.batch.size) {
    const decision done = lane.batch.pop();
    const int a = stream_of(done);
    last[a] = done.caller;
    generation[a] = done.generation;
    if (!lane_answers()) continue;
    it.broke(answer(*it, done, done.stores || done.repeats ? said::ok : said::rejected));
    if (done.saves && keeps(rule::snapshot_durable)) save_snapshot(*it, a, done);
  }
  for (int a = 0; a < c_.streams && !lane_answers(); ++a)
    if (last[a]) it->aggregates[a].from_lane.push({0, generation[a], last[a]});
}

/// The batch falls, and with it what waits behind it and was decided on it. One notice a stream.
void tentative_model::lost(move& it, bool dead) const {
  lane_state& lane = it->lane;
  lane.phase = dead ? writing::dead : writing::idle;
  for (int i = 0; i < lane.batch.size; ++i) {
    small& generation = lane.lost_generation[stream_of(lane.batch.of[i])];
    generation = std::max(generation, lane.batch.of[i].generation);
  }
  bool told[streams_max] = {};
  const auto fall = [&](const decision& lost) {
    bool& already = told[stream_of(lost)];
    give_back(it, lost, !already);
    already = true;
  };
  const auto batch_falls = [&] {
    while (lane.batch.size) fall(lane.batch.pop());
  };
  if (keeps(rule::fall_in_order)) batch_falls();
  for (int left = lane.queue.size; left > 0; --left) {
    const decision waiting = lane.queue.pop();
    if (dead || (keeps(rule::drop_queued) && is_void(*it, waiting)))
      fall(waiting);
    else
      lane.queue.push(waiting);
  }
  batch_falls();
}

} // namespace model
