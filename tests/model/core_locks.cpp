// Statements as PostgreSQL runs them: the row locks they hold, and those that run though nobody waits any more.
#include "tests/model/core_model.hpp"

#include <algorithm>
#include <cstring>

namespace model {

namespace {

/// Which of the forgotten ones stands where must not make two states of one.
void sort_forgotten(core_state& s) {
  std::sort(s.statements + first_forgotten, s.statements + statements_max,
            [](const statement& a, const statement& b) { return std::memcmp(&a, &b, sizeof a) > 0; });
}

} // namespace

void core_model::run_statement(const core_state& from, int i, moves& out) const {
  const statement& it = from.statements[i];
  if (it.kind == statement_kind::none || it.step == answered) return;
  never_run(from, i, out);
  switch (it.kind) {
  case statement_kind::append:
    return it.step == 0 ? run_append(from, i, out) : insert(from, i, out);
  case statement_kind::fence:
    return run_fence(from, i, out);
  case statement_kind::bump:
    return run_bump(from, i, out);
  case statement_kind::take_over:
    return run_take_over(from, i, out);
  case statement_kind::give:
    return run_give(from, i, out);
  case statement_kind::keep:
    return run_keep(from, i, out);
  case statement_kind::none:
    return;
  }
}

/// The connection broke before the server read it.
void core_model::never_run(const core_state& from, int i, moves& out) const {
  if (!is_forgotten(i) || from.statements[i].step != 0) return;
  move it(out, from);
  it.say("PostgreSQL: a late statement of ", node_name(from.statements[i].node), " is never read");
  it->statements[i] = {};
  sort_forgotten(*it);
}

void core_model::finish(core_state& s, int i, outcome how) const {
  statement& it = s.statements[i];
  if (is_forgotten(i)) {
    it = {};
    return sort_forgotten(s);
  }
  it.step = answered;
  it.result = how;
  std::fill(std::begin(it.entries), std::end(it.entries), entry{});
}

/// Nobody waits for this statement any more. False when the model has no room for one more of these.
bool core_model::forget(core_state& s, int i) const {
  statement& it = s.statements[i];
  if (it.kind == statement_kind::none || it.kind == statement_kind::fence || it.step == answered) {
    it = {};
    return true;
  }
  for (int at = first_forgotten; at < statements_max; ++at) {
    if (s.statements[at].kind != statement_kind::none) continue;
    s.statements[at] = it;
    it = {};
    sort_forgotten(s);
    return true;
  }
  return false;
}

bool core_model::lane_shared(const core_state& s, int member, int l) const {
  return keeps(rule::share) && std::any_of(s.statements, s.statements + statements_max, [&](const statement& it) {
           return it.kind == statement_kind::append && it.step == 1 && row(it.node) == member && it.lane == l;
         });
}

bool core_model::lane_locked(const core_state& s, int member) const {
  return std::any_of(s.statements, s.statements + statements_max, [&](const statement& it) {
    return it.kind == statement_kind::take_over && it.step >= 3 && it.step < answered && it.target == member;
  });
}

bool core_model::lanes_free(const core_state& s, int member) const {
  for (int l = 0; l < c_.lanes; ++l)
    if (lane_shared(s, member, l)) return false;
  return true;
}

bool core_model::member_shared(const core_state& s, int member) const {
  return std::any_of(s.statements, s.statements + statements_max, [&](const statement& it) {
    return it.kind == statement_kind::give && it.step == 1 && it.target == member;
  });
}

bool core_model::member_locked(const core_state& s, int member) const {
  return std::any_of(s.statements, s.statements + statements_max, [&](const statement& it) {
    if (it.kind != statement_kind::take_over || it.step < 2 || it.step >= answered) return false;
    return it.target == member || (keeps(rule::taker_lives) && row(it.node) == member);
  });
}

} // namespace model
