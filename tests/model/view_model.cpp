#include "tests/model/view_model.hpp"

#include "tests/model/runs.hpp"

#include <algorithm>
#include <cstring>

namespace model {

namespace {

constexpr std::size_t states_max = 40'000'000;

void fold(rows& into, int from, int to, int code) {
  for (int i = from; i < to; ++i) into.of[i] = into.of[i] == 0 ? static_cast<small>(code + 1) : small{3};
}

/// Which of them stands where must not make two states of one.
void sort_late(view_state& s) {
  std::sort(std::begin(s.late), std::end(s.late),
            [](const view_write& a, const view_write& b) { return std::memcmp(&a, &b, sizeof a) > 0; });
}

bool forget(view_state& s, const view_write& it) {
  for (view_write& slot : s.late) {
    if (slot.used) continue;
    slot = it;
    sort_late(s);
    return true;
  }
  return false;
}

} // namespace

view_state view_model::initial() const {
  view_state s;
  s.give_ups = static_cast<small>(give_ups_);
  s.rebuilds = static_cast<small>(rebuilds_);
  return s;
}

void view_model::next(const view_state& from, moves& out) const {
  for (int p = 0; p < projectors_max; ++p) {
    load(from, p, out);
    write(from, p, out);
    hear(from, p, out);
    give_up(from, p, out);
  }
  rebuild(from, out);
  for (int i = 0; i < late_writes_max; ++i) {
    if (!from.late[i].used) continue;
    move it(out, from);
    it->late[i] = {};
    sort_late(*it);
    const bool done = run(it, from.late[i]);
    it.say("PostgreSQL: a late write ", done ? "commits" : "moves no checkpoint");
  }
}

/// (7), for each key: whoever wrote last, the rows are those its own code makes of the events up to its checkpoint.
const char* view_model::check(const view_state& s) const {
  for (int key = 0; key < codes_max; ++key) {
    const int code = keeps(rule::new_key) ? key : s.code;
    for (int i = 0; i < positions; ++i)
      if (s.table[key].of[i] != (i < s.checkpoint[key] ? code + 1 : 0) && (key == 0 || keeps(rule::new_key)))
        return "(7) the rows are not what the view's code makes of the events up to its checkpoint";
  }
  return nullptr;
}

/// Rows and checkpoint in one statement: the rows hang on the checkpoint that was moved.
bool view_model::run(move& it, const view_write& sent) const {
  small& checkpoint = it->checkpoint[sent.key];
  const bool passes = !keeps(rule::guard) || checkpoint == sent.from;
  if (passes) checkpoint = sent.to;
  if (passes || !keeps(rule::one_statement)) it->table[sent.key] = sent.content;
  it.broke(check(*it));
  return passes;
}

void view_model::load(const view_state& from, int p, moves& out) const {
  const projector_state& mine = from.projectors[p];
  if (mine.phase != projecting::nothing && mine.phase != projecting::half_loaded) return;
  move it(out, from);
  projector_state& now = it->projectors[p];
  const int key = key_of(mine.code);
  const bool first = mine.phase == projecting::nothing, checkpoint = first == keeps(rule::checkpoint_first);
  now.phase = first ? projecting::half_loaded : projecting::loaded;
  if (checkpoint)
    now.checkpoint = from.checkpoint[key];
  else
    now.cache = from.table[key];
  it.say("projector ", p + 1, checkpoint ? " reads its checkpoint" : " reads its rows");
}

void view_model::write(const view_state& from, int p, moves& out) const {
  const projector_state& mine = from.projectors[p];
  for (int to = mine.checkpoint + 1; mine.phase == projecting::loaded && to <= positions; ++to) {
    move it(out, from);
    projector_state& now = it->projectors[p];
    now.phase = projecting::sent;
    now.sent = {1, static_cast<small>(key_of(mine.code)), mine.checkpoint, static_cast<small>(to), mine.cache};
    fold(now.sent.content, mine.checkpoint, to, mine.code);
    it.say("projector ", p + 1, " sends rows and checkpoint ", mine.checkpoint, " to ", to);
  }
  if (mine.phase != projecting::sent || mine.reply != written::no_reply) return;
  move it(out, from);
  const bool done = run(it, mine.sent);
  it->projectors[p].reply = done ? written::done : written::no_checkpoint;
  it.say("PostgreSQL: the write of projector ", p + 1, done ? " commits" : " moves no checkpoint");
}

void view_model::hear(const view_state& from, int p, moves& out) const {
  const projector_state& mine = from.projectors[p];
  if (mine.phase != projecting::sent || mine.reply == written::no_reply) return;
  move it(out, from);
  projector_state& now = it->projectors[p];
  if (mine.reply == written::done) {
    now.checkpoint = mine.sent.to;
    now.cache = mine.sent.content;
    now.phase = projecting::loaded;
  } else if (keeps(rule::drop_rows)) {
    now.checkpoint = 0;
    now.cache = {};
    now.phase = projecting::nothing;
  } else {
    now.checkpoint = from.checkpoint[key_of(mine.code)];
    now.phase = projecting::loaded;
  }
  now.sent = {};
  now.reply = written::no_reply;
  it.say("projector ", p + 1, mine.reply == written::done ? " goes on" : " was not where it believed, loads again");
}

/// No reply: it loads again. Whatever the late statement does, the guard decides.
void view_model::give_up(const view_state& from, int p, moves& out) const {
  const projector_state& mine = from.projectors[p];
  if (mine.phase != projecting::sent || !from.give_ups) return;
  view_state after = from;
  --after.give_ups;
  if (mine.reply == written::no_reply && !forget(after, mine.sent)) return;
  projector_state fresh;
  fresh.code = mine.code;
  after.projectors[p] = fresh;
  move it(out, after);
  it.fault().say("projector ", p + 1, " gets no reply, loads again");
}

/// The program is started anew with other code; what the old one had sent may still come.
void view_model::rebuild(const view_state& from, moves& out) const {
  if (!from.rebuilds) return;
  view_state after = from;
  --after.rebuilds;
  ++after.code;
  if (!keeps(rule::new_key)) {
    after.checkpoint[0] = 0;
    after.table[0] = {};
  }
  for (projector_state& it : after.projectors) {
    if (it.phase == projecting::sent && it.reply == written::no_reply && !forget(after, it.sent)) return;
    projector_state fresh;
    fresh.code = after.code;
    it = fresh;
  }
  move it(out, after);
  it.fault().say("the view is rebuilt by other code, ",
                 keeps(rule::new_key) ? "under a key of its own" : "its checkpoint set to 0");
}

void add_view_runs(std::vector<holding_run>& to) {
  const auto in = [](int give_ups, int rebuilds) {
    return [=](rules kept) { return explore(view_model(give_ups, rebuilds, kept), states_max); };
  };
  to.insert(to.end(), {{"a view: 2 projectors, 3 events, 2 late writes", 0, in(2, 0)},
                       {"a view: 2 projectors, 3 events, late write, rebuild", 0, in(1, 1)},
                       {"a view: 2 projectors, 3 events, 3 late writes", 1, in(3, 0)}});
}

void add_view_rules(std::vector<rule_run>& to) {
  const check late = [](rules kept) { return explore(view_model(1, 0, kept), states_max); };
  const check rebuilt = [](rules kept) { return explore(view_model(0, 1, kept), states_max); };
  to.insert(to.end(),
            {{"R27", rule::guard, "a write compares the checkpoint", late},
             {"R27b", rule::one_statement, "rows hang on the checkpoint that was moved, in one statement", late},
             {"R28", rule::checkpoint_first, "a projector reads its checkpoint, then its rows", late},
             {"R29", rule::drop_rows, "a projector whose write moved no checkpoint drops its rows, too", late},
             {"R39", rule::new_key, "a rebuild has a projector key of its own", rebuilt}});
}

} // namespace model
