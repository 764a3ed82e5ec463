// One view, written by two projectors at once, with statements that come late, and rebuilt with other code.
#pragma once

#include "tests/model/core_state.hpp" // `small`
#include "tests/model/rules.hpp"
#include "tests/model/step.hpp"

namespace model {

constexpr int projectors_max = 2, positions = 3, late_writes_max = 3, codes_max = 2;

/// What the rows hold, by position of the event: 0 nothing, 1 folded once by the first code, 2 by the second, 3
/// anything that should not be.
struct rows {
  small of[positions] = {};
};

struct view_write {
  small used = 0, key = 0, from = 0, to = 0;
  rows content;
};

enum class projecting : small { nothing, half_loaded, loaded, sent };
enum class written : small { no_reply, done, no_checkpoint };

struct projector_state {
  projecting phase = projecting::nothing;
  small code = 0, checkpoint = 0;
  rows cache;
  view_write sent;
  written reply = written::no_reply;
};

struct view_state {
  small checkpoint[codes_max] = {}; ///< By projector key. Each code has its own (R39).
  rows table[codes_max] = {};
  small code = 0; ///< Of the newest build of the program.
  small give_ups = 0, rebuilds = 0;
  projector_state projectors[projectors_max] = {};
  view_write late[late_writes_max] = {};
};

class view_model {
public:
  using state = view_state;
  view_model(int give_ups, int rebuilds, rules kept) : give_ups_(give_ups), rebuilds_(rebuilds), kept_(kept) {}

  state initial() const;
  void next(const state& from, steps<state>& out) const;
  bool calm(const state& s) const { return s.checkpoint[key_of(s.code)] == positions; }
  bool excused(const state&) const { return false; }

private:
  using move = step<view_state>;
  using moves = steps<view_state>;

  void load(const state& from, int p, moves& out) const;
  void write(const state& from, int p, moves& out) const;
  void hear(const state& from, int p, moves& out) const;
  void give_up(const state& from, int p, moves& out) const;
  void rebuild(const state& from, moves& out) const;
  bool run(move& it, const view_write& sent) const;
  const char* check(const state& s) const;

  bool keeps(rule it) const { return kept_.keep(it); }
  int key_of(int code) const { return keeps(rule::new_key) ? code : 0; }

  const int give_ups_, rebuilds_;
  const rules kept_;
};

} // namespace model
