#include "tests/model/rebuild_model.hpp"

#include "tests/model/runs.hpp"

#include <algorithm>
#include <cstring>

namespace model {

namespace {

constexpr std::size_t states_max = 40'000'000;

bool forget(rebuild_state& s, const table_change& it) {
  for (table_change& slot : s.late) {
    if (slot.what != change::none) continue;
    slot = it;
    std::sort(std::begin(s.late), std::end(s.late), [](const table_change& a, const table_change& b) {
      return std::memcmp(&a, &b, sizeof a) > 0; // Which of them stands where must not make two states of one.
    });
    return true;
  }
  return false;
}

/// Whatever it was at is over; what it had sent may still come.
bool stand(rebuild_state& s, int n) {
  rebuilder& it = s.nodes[n];
  const bool under_way = it.sent.what != change::none && it.reply == changed::no_reply;
  if (under_way && !forget(s, it.sent)) return false;
  const small known = it.known;
  it = {};
  it.known = known;
  return true;
}

} // namespace

rebuild_state rebuild_model::initial() const {
  rebuild_state s;
  s.moves = static_cast<small>(moves_);
  s.losses = static_cast<small>(losses_);
  return s;
}

bool rebuild_model::calm(const state& s) const {
  return std::all_of(std::begin(s.nodes), std::end(s.nodes),
                     [&](const rebuilder& it) { return it.phase == rebuilding::taken_up && it.known == s.serving; });
}

void rebuild_model::next(const state& from, moves& out) const {
  for (int n = 0; n < rebuilders_max; ++n) {
    begin(from, n, out);
    fill(from, n, out);
    change_tables(from, n, out);
    hear(from, n, out);
    look(from, n, out);
    lose(from, n, out);
  }
  hand_over(from, out);
  run_late(from, out);
}

/// (10): what serves is whole, and no table is taken from those who fold into it.
const char* rebuild_model::check(const state& before, const state& after) const {
  if (!after.whole[after.serving]) return "(10) a table serves that does not hold everything";
  if (after.serving == before.serving) return nullptr;
  for (const rebuilder& it : after.nodes)
    if (it.phase == rebuilding::taken_up && it.known != after.serving)
      return "(10) a table is taken from a node that folds into it";
  return nullptr;
}

changed rebuild_model::run(move& it, const table_change& sent) const {
  const state before = *it;
  if (sent.what == change::begin) {
    if (keeps(rule::begin_names) && it->serving != sent.table) return changed::gone;
    if (it->last + 1 == tables_max) return changed::gone; // Beyond what is looked at.
    it->next = ++it->last;
    return changed::done;
  }
  const bool passes = it->next == sent.table || (!keeps(rule::swap_names) && it->next != 0);
  if (!passes) return changed::gone;
  it->serving = it->next;
  it->next = 0;
  it.broke(check(before, *it));
  return changed::done;
}

void rebuild_model::begin(const state& from, int n, moves& out) const {
  if (from.nodes[n].phase != rebuilding::standing || from.owner != n) return;
  move it(out, from);
  it->nodes[n].phase = rebuilding::beginning;
  it->nodes[n].sent = {change::begin, from.nodes[n].known};
  it.say("node ", n + 1, " asks for a new table beside ", from.nodes[n].known);
}

void rebuild_model::fill(const state& from, int n, moves& out) const {
  const rebuilder& mine = from.nodes[n];
  if (mine.phase != rebuilding::filling) return;
  move it(out, from);
  if (from.next != mine.mine) { // Dropped: its rows find no table.
    stand(*it, n);
    it.say("node ", n + 1, " finds its table gone");
    return;
  }
  it->whole[mine.mine] = 1;
  it->nodes[n].phase = rebuilding::swapping;
  it->nodes[n].sent = {change::swap, mine.mine};
  it.say("node ", n + 1, " has filled table ", mine.mine, " and asks for it to serve");
}

void rebuild_model::change_tables(const state& from, int n, moves& out) const {
  const rebuilder& mine = from.nodes[n];
  if (mine.sent.what == change::none || mine.reply != changed::no_reply) return;
  move it(out, from);
  const changed how = run(it, mine.sent);
  it->nodes[n].reply = how;
  if (mine.sent.what == change::begin && how == changed::done) it->nodes[n].made = it->last;
  it.say("PostgreSQL: the statement of node ", n + 1, how == changed::done ? " is done" : " finds another table");
}

void rebuild_model::hear(const state& from, int n, moves& out) const {
  const rebuilder& mine = from.nodes[n];
  if (mine.reply == changed::no_reply) return;
  move it(out, from);
  rebuilder& now = it->nodes[n];
  now.sent = {};
  now.reply = changed::no_reply;
  now.made = 0;
  const bool begun = mine.sent.what == change::begin;
  if (mine.reply == changed::done && begun) {
    now.phase = rebuilding::filling;
    now.mine = mine.made;
  } else if (mine.reply == changed::done || from.serving == mine.mine) {
    now = {};
    now.phase = rebuilding::taken_up;
    now.known = mine.mine;
  } else {
    now = {};
    now.phase = from.serving == 1 ? rebuilding::standing : rebuilding::taken_up;
    now.known = from.serving;
  }
  it.say("node ", n + 1, mine.reply == changed::done ? " goes on" : " was refused, and looks what serves");
}

/// Who does not own the first shard looks for a table of its version, now and then.
void rebuild_model::look(const state& from, int n, moves& out) const {
  if (from.nodes[n].phase != rebuilding::standing || from.owner == n || from.serving == 1) return;
  move it(out, from);
  it->nodes[n].phase = rebuilding::taken_up;
  it->nodes[n].known = from.serving;
  it.say("node ", n + 1, " takes up table ", from.serving);
}

/// A reply that does not come: a begin is given up, a swap is asked for again. Or the loss of the shard is heard of.
void rebuild_model::lose(const state& from, int n, moves& out) const {
  const rebuilder& mine = from.nodes[n];
  const bool at_work = mine.phase != rebuilding::standing && mine.phase != rebuilding::taken_up;
  if (at_work && from.owner != n) {
    rebuild_state after = from;
    if (stand(after, n)) move(out, after).say("node ", n + 1, " hears that the first shard is another's");
  }
  if (mine.sent.what == change::none || !from.losses) return;
  rebuild_state after = from;
  --after.losses;
  if (mine.reply == changed::no_reply && !forget(after, mine.sent)) return;
  rebuilder& now = after.nodes[n];
  now.reply = changed::no_reply;
  now.made = 0;
  if (mine.sent.what == change::begin) {
    now.sent = {};
    now.phase = rebuilding::standing;
  }
  move(out, after).fault().say("node ", n + 1, " gets no reply");
}

void rebuild_model::hand_over(const state& from, moves& out) const {
  if (!from.moves) return;
  move it(out, from);
  --it->moves;
  it->owner = static_cast<small>(1 - from.owner);
  it.fault().say("the first shard is given to node ", it->owner + 1);
}

void rebuild_model::run_late(const state& from, moves& out) const {
  for (int i = 0; i < late_changes_max; ++i) {
    if (from.late[i].what == change::none) continue;
    move it(out, from);
    it->late[i] = {};
    std::sort(std::begin(it->late), std::end(it->late),
              [](const table_change& a, const table_change& b) { return std::memcmp(&a, &b, sizeof a) > 0; });
    const changed how = run(it, from.late[i]);
    it.say("PostgreSQL: a late statement ", how == changed::done ? "is done" : "finds another table");
  }
}

void add_rebuild_runs(std::vector<holding_run>& to) {
  const auto in = [](int moves, int losses) {
    return [=](rules kept) { return explore(rebuild_model(moves, losses, kept), states_max); };
  };
  to.insert(to.end(), {{"a rebuild: 2 nodes, the owner changes twice, a lost reply", 0, in(2, 1)},
                       {"a rebuild: 2 nodes, the owner changes twice, 2 lost replies", 1, in(2, 2)}});
}

void add_rebuild_rules(std::vector<rule_run>& to) {
  const check moved = [](rules kept) { return explore(rebuild_model(1, 1, kept), states_max); };
  to.insert(to.end(), {{"R40", rule::begin_names, "a rebuild is begun only of the table that serves", moved},
                       {"R41", rule::swap_names, "a table is swapped in only while it is the one under way", moved}});
}

} // namespace model
