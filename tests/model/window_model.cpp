#include "tests/model/window_model.hpp"

#include "tests/model/runs.hpp"

#include <algorithm>

namespace model {

namespace {

bool holds(const small* of, int size, small id) { return std::find(of, of + size, id) != of + size; }

} // namespace

void window_model::next(const window_state& from, moves& out) const {
  for (small id = 1; id <= ids; ++id) hear(from, id, out);
  change_owner(from, out);
  send_snapshot(from, out);
  for (int i = 0; i < saves_max; ++i) save_snapshot(from, i, out);
}

void window_model::remember(id_window& into, small id) const {
  if (into.size == window_max) {
    into.forgot = 1;
    if (keeps(rule::keep_greatest) && id < into.of[0]) return;
    std::copy(into.of + 1, into.of + window_max, into.of);
    --into.size;
  }
  into.of[into.size++] = id;
  if (keeps(rule::keep_greatest)) std::sort(into.of, into.of + into.size);
}

void window_model::hear(const window_state& from, small id, moves& out) const {
  const id_window& window = from.window;
  const bool done = holds(from.log, from.log_size, id);
  const bool older = window.size && id < *std::min_element(window.of, window.of + window.size);
  const bool asks = keeps(rule::ask_the_log) && window.forgot && older;
  if (holds(window.of, window.size, id) || (asks && done) || from.log_size == window_log_max) return;
  move it(out, from);
  it->log[it->log_size++] = id;
  remember(it->window, id);
  it.say("command ", id, " is taken as new", asks ? ", the log does not have it" : "");
  if (done) it.broke("(5) a second effect of one command id");
}

/// The next owner takes the snapshot, if there is one, and replays what comes after it.
void window_model::change_owner(const window_state& from, moves& out) const {
  move it(out, from);
  const id_snapshot& base = from.stored;
  it->window = id_window{};
  if (base.used && keeps(rule::snapshot_window)) it->window = base.window;
  if (!keeps(rule::snapshot_gaps)) it->window.forgot = 0;
  int first = base.used ? base.version : 0;
  if (!keeps(rule::window_whole)) first = std::max(0, from.log_size - window_max);
  for (int i = first; i < from.log_size; ++i) remember(it->window, from.log[i]);
  it.say("a new owner takes ", base.used ? "the snapshot of version " : "no snapshot, version ", base.version,
         ", and replays from version ", first + 1);
}

void window_model::send_snapshot(const window_state& from, moves& out) const {
  for (int i = 0; i < saves_max; ++i) {
    if (from.on_its_way[i].used || !from.log_size) continue;
    move it(out, from);
    it->on_its_way[i] = {1, from.log_size, from.window};
    it.say("the owner sends a snapshot of version ", from.log_size);
    return;
  }
}

/// At any time, in any order, also when its sender owns the stream no more.
void window_model::save_snapshot(const window_state& from, int i, moves& out) const {
  const id_snapshot& sent = from.on_its_way[i];
  if (!sent.used) return;
  move it(out, from);
  it->on_its_way[i] = {};
  const bool saves = !keeps(rule::newer_snapshot) || !from.stored.used || from.stored.version < sent.version;
  if (saves) it->stored = sent;
  it.say("PostgreSQL: the snapshot of version ", sent.version, saves ? " is saved" : " is older than the one there");
}

void add_window_runs(std::vector<holding_run>& to) {
  to.push_back({"command ids: 4 ids in any order, window of 2, snapshots, new owners", 0,
                [](rules kept) { return explore(window_model(kept), 10'000'000); }});
}

void add_window_rules(std::vector<rule_run>& to) {
  const check all = [](rules kept) { return explore(window_model(kept), 10'000'000); };
  to.insert(to.end(), {{"R25b", rule::window_whole,
                        "the window is built from the whole stream, or a snapshot and all after it", all},
                       {"R26", rule::keep_greatest, "the window keeps the greatest ids, not the latest", all},
                       {"R26b", rule::ask_the_log, "an id below the lowest kept is looked up in the log", all},
                       {"R37", rule::snapshot_window, "a snapshot carries the window", all},
                       {"R38", rule::snapshot_gaps, "a snapshot carries whether the window ever let one go", all},
                       {"C4", rule::newer_snapshot, "an older snapshot never replaces a newer one", all, false}});
}

} // namespace model
