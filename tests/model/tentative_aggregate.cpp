// An aggregate: loads its stream, decides on all it has decided before, hears from its lane, and may end.
#include "tests/model/tentative_model.hpp"

#include <algorithm>

namespace model {

void tentative_model::aggregate(const tentative_state& from, int a, moves& out) const {
  load(from, a, out);
  hear_notice(from, a, out);
  end_actor(from, a, out);
}

/// Of what could still be written: what the lane will refuse doesn't count.
bool tentative_model::nothing_on_its_way(const tentative_state& s, int a) const {
  const auto counts = [&](const decision& it) { return stream_of(it) == a && !is_void(s, it); };
  const auto none = [&](const auto& in) { return std::none_of(in.of, in.of + in.size, counts); };
  return none(s.aggregates[a].to_lane) && none(s.lane.queue) && none(s.lane.batch);
}

/// Snapshot and the events after it, read at one moment; the reply is handled at another.
void tentative_model::load(const tentative_state& from, int a, moves& out) const {
  const aggregate_state& mine = from.aggregates[a];
  bool wanted = false;
  for (int k = 0; k < c_.callers; ++k)
    wanted = wanted || (c_.stream[k] == a && from.callers[k].heard == said::nothing && !from.callers[k].decided);
  if (mine.phase == awake::asleep && wanted && (nothing_on_its_way(from, a) || !keeps(rule::load_behind))) {
    move it(out, from);
    it->aggregates[a].phase = awake::loading;
    it.say("the aggregate of stream ", a, " asks for its events");
  }
  if (mine.phase == awake::loading) {
    move it(out, from);
    aggregate_state& now = it->aggregates[a];
    now.phase = awake::loaded;
    now.memory = from.snapshot[a];
    for (int i = now.memory.size; i < from.log[a].size; ++i) now.memory.add(from.log[a].of[i]);
    now.durable = now.memory.size;
    it.say("PostgreSQL reads stream ", a, ": ", now.memory.size, " events");
  }
  if (mine.phase == awake::loaded) {
    move it(out, from);
    it->aggregates[a].phase = awake::ready;
    it.say("the aggregate of stream ", a, " is loaded");
  }
}

void tentative_model::hear_command(const tentative_state& from, int k, moves& out) const {
  const int a = c_.stream[k];
  const caller_state& caller = from.callers[k];
  const aggregate_state& mine = from.aggregates[a];
  if (mine.phase != awake::ready || caller.heard != said::nothing || caller.decided) return;
  int known = -1;
  for (int i = 0; i < mine.memory.size; ++i)
    if (command_of(mine.memory.of[i]) == c_.command[k]) known = i;
  if (known < 0) return decide(from, k, out);
  const bool fact = known < mine.durable;
  move it(out, from);
  it->callers[k].decided = 1;
  it.say("the aggregate knows command ", c_.command[k], fact ? ", durable" : ", tentative");
  if (fact || !keeps(rule::repeats_ride)) {
    it.say(": answers the repeat of caller ", k + 1, " at once").broke(say(*it, k, said::ok));
    return;
  }
  decision repeat;
  repeat.caller = static_cast<small>(k + 1);
  repeat.repeats = 1;
  it.say(": the repeat of caller ", k + 1, " goes behind it");
  submit(*it, a, repeat);
}

bool tentative_model::accepts(const facts& memory, int k) const {
  if (c_.kind[k] == asks::not_empty) return memory.size > 0;
  return c_.kind[k] == asks::nothing || memory.size == 0;
}

void tentative_model::decide(const tentative_state& from, int k, moves& out) const {
  const int a = c_.stream[k];
  const facts& memory = from.aggregates[a].memory;
  const bool yes = accepts(memory, k);
  if (memory.size == facts_max) return;
  decision made;
  made.caller = static_cast<small>(k + 1);
  made.stores = yes;
  made.basis = memory;
  for (small saves = 0; saves <= (yes && from.left.snapshots ? 1 : 0); ++saves) {
    move it(out, from);
    it->callers[k].decided = 1;
    made.saves = saves;
    if (yes) it->aggregates[a].memory.add(made.caller);
    it.say("the aggregate decides command ", c_.command[k], " of caller ", k + 1, " on ", memory.size, " events, ",
           memory.size - from.aggregates[a].durable);
    it.say(" of them not known to be durable: ", yes ? "an event" : "rejected", saves ? ", a snapshot is due" : "");
    if (saves) {
      --it->left.snapshots;
      if (!keeps(rule::snapshot_durable)) save_snapshot(*it, a, made);
    }
    submit(*it, a, made);
  }
}

void tentative_model::submit(tentative_state& s, int a, const decision& it) const {
  aggregate_state& mine = s.aggregates[a];
  decision sent = it;
  sent.generation = mine.generation;
  sent.number = ++mine.decided;
  mine.to_lane.push(sent);
  if (!lane_answers() || !keeps(rule::one_answers)) mine.pending.push(sent);
}

void tentative_model::save_snapshot(tentative_state& s, int a, const decision& it) const {
  s.snapshot[a] = it.basis;
  s.snapshot[a].add(it.caller);
}

/// Only losses are told when the lane answers by itself; of the others the aggregate never hears.
void tentative_model::hear_notice(const tentative_state& from, int a, moves& out) const {
  if (!from.aggregates[a].from_lane.size) return;
  move it(out, from);
  aggregate_state& mine = it->aggregates[a];
  const notice word = mine.from_lane.pop();
  it.say("the aggregate of stream ", a, " hears that decisions are ", word.lost ? "lost" : "committed");
  if (word.generation != mine.generation && keeps(rule::old_notices_ignored)) {
    it.say(", of a state it has given up already");
    return;
  }
  if (!word.lost) {
    while (mine.pending.size) {
      const decision done = mine.pending.pop();
      if (done.stores) ++mine.durable;
      it.broke(answer(*it, done, done.stores || done.repeats ? said::ok : said::rejected));
      if (done.saves && keeps(rule::snapshot_durable)) save_snapshot(*it, a, done);
      if (done.caller == word.last) break;
    }
    return;
  }
  if (keeps(rule::new_generation)) ++mine.generation;
  mine.phase = awake::asleep;
  mine.memory = {};
  mine.durable = 0;
  while (mine.pending.size) it.broke(answer(*it, mine.pending.pop(), said::no_effect));
  it.say(": forgets what it remembers");
}

/// Retired for want of use, or dead by a bug. The next command makes another, with nothing but what is on disk.
void tentative_model::end_actor(const tentative_state& from, int a, moves& out) const {
  const aggregate_state& mine = from.aggregates[a];
  if (mine.phase == awake::asleep) return;
  const auto end = [&](move& it) {
    aggregate_state& now = it->aggregates[a];
    while (now.pending.size) it->callers[now.pending.pop().caller - 1].heard = said::actor_died;
    ++now.generation; // Another actor: what the first one handed over is not of its state.
    now.phase = awake::asleep;
    now.memory = {};
    now.durable = 0;
  };
  if (from.left.deaths) {
    move it(out, from);
    --it->left.deaths;
    it.fault().say("the aggregate of stream ", a, " dies");
    end(it);
  }
  if (from.left.retirements && mine.phase == awake::ready && !mine.pending.size && !mine.from_lane.size) {
    move it(out, from);
    --it->left.retirements;
    it.fault().say("the aggregate of stream ", a, " has nothing it would have to answer, and retires");
    end(it);
  }
}

} // namespace model
