// What callers hear and what is written, each held against the properties at that moment.
#include "tests/model/tentative_model.hpp"

namespace model {

bool tentative_model::in_log(const tentative_state& s, int a, int command) const {
  for (int i = 0; i < s.log[a].size; ++i)
    if (command_of(s.log[a].of[i]) == command) return true;
  return false;
}

const char* tentative_model::say(tentative_state& s, int k, said what) const {
  caller_state& caller = s.callers[k];
  if (caller.heard == said::actor_died) return nullptr; // Nobody answers for an actor that died.
  if (caller.heard != said::nothing) return "(9) a caller is answered twice";
  caller.heard = what;
  const int a = c_.stream[k];
  if (what == said::ok) return in_log(s, a, c_.command[k]) ? nullptr : "(1) acknowledged, but not in the log";
  for (int i = 0; i < s.log[a].size; ++i)
    if (s.log[a].of[i] == k + 1) return "(2) told \"no effect\", but the effect is in the log";
  return nullptr;
}

const char* tentative_model::check_order(tentative_state& s, const decision& it) const {
  small& last = s.aggregates[stream_of(it)].answered;
  const bool behind = it.number < last;
  if (!behind) last = it.number;
  return behind ? "(9) the answers of one stream leave in another order than its decisions" : nullptr;
}

const char* tentative_model::check_rejection(const tentative_state& s, const decision& it) const {
  const facts& log = s.log[stream_of(it)];
  for (int i = 0; i < it.basis.size; ++i)
    if (i >= log.size || log.of[i] != it.basis.of[i]) return "(6) a rejection was decided on a state that never was";
  if (it.basis.size < s.callers[it.caller - 1].seen_before)
    return "(6) a stale rejection: it does not know an event stored before the call";
  return nullptr;
}

/// Of a decision; `what` is `no_effect` when it fell, otherwise it follows from the decision.
const char* tentative_model::answer(tentative_state& s, const decision& it, said what) const {
  const int k = it.caller - 1;
  const char* broken = check_order(s, it);
  if (what == said::rejected && s.callers[k].heard == said::nothing && !broken) broken = check_rejection(s, it);
  const char* other = say(s, k, what);
  return broken ? broken : other;
}

/// One event of a batch that commits.
const char* tentative_model::write(tentative_state& s, const decision& it) const {
  const int a = stream_of(it), k = it.caller - 1;
  const char* broken = nullptr;
  if (it.basis.size < s.log[a].size) broken = "(W) 23505: only the unique key stood between two writers";
  if (it.basis.size > s.log[a].size) broken = "(4) a gap in the versions of a stream";
  for (int i = 0; i < it.basis.size && !broken; ++i)
    if (it.basis.of[i] != s.log[a].of[i]) broken = "(4) an event was decided on a state that never was";
  if (in_log(s, a, c_.command[k])) broken = "(5) a second effect of one command id";
  if (s.callers[k].heard == said::no_effect) broken = "(2) \"no effect\" was said, and now there is one";
  if (s.log[a].size < facts_max) s.log[a].add(it.caller);
  return broken;
}

} // namespace model
