// A view whose version was raised, rebuilt by the node that owns the first shard, which may change while it does.
#pragma once

#include "tests/model/core_state.hpp" // `small`
#include "tests/model/rules.hpp"
#include "tests/model/step.hpp"

namespace model {

constexpr int rebuilders_max = 2, late_changes_max = 2, tables_max = 12;

enum class rebuilding : small {
  standing,  ///< With the table it knows, which was made for an older version.
  beginning, ///< It has asked for a new table.
  filling,
  swapping, ///< It has asked for its table to serve.
  taken_up  ///< It folds into a table of its version.
};

enum class change : small { none, begin, swap };
enum class changed : small { no_reply, done, gone };

/// A statement that makes a table beside `table`, or lets `table` serve.
struct table_change {
  change what = change::none;
  small table = 0;
};

struct rebuilder {
  rebuilding phase = rebuilding::standing;
  small known = 1; ///< The table it believes to serve.
  small mine = 0;  ///< The one it fills.
  table_change sent;
  changed reply = changed::no_reply;
  small made = 0; ///< What a reply to `begin` names.
};

struct rebuild_state {
  small serving = 1, next = 0, last = 1;
  small whole[tables_max] = {0, 1}; ///< Tables that hold everything.
  small owner = 0, moves = 0, losses = 0;
  rebuilder nodes[rebuilders_max] = {};
  table_change late[late_changes_max] = {};
};

/// Table 1 is of the older version, all others are of the newer. Rows and their guard are the matter of `view_model`.
class rebuild_model {
public:
  using state = rebuild_state;
  rebuild_model(int moves, int losses, rules kept) : moves_(moves), losses_(losses), kept_(kept) {}

  state initial() const;
  void next(const state& from, steps<state>& out) const;
  bool calm(const state& s) const;
  bool excused(const state&) const { return false; }

private:
  using move = step<rebuild_state>;
  using moves = steps<rebuild_state>;

  void begin(const state& from, int n, moves& out) const;
  void fill(const state& from, int n, moves& out) const;
  void change_tables(const state& from, int n, moves& out) const;
  void hear(const state& from, int n, moves& out) const;
  void look(const state& from, int n, moves& out) const;
  void lose(const state& from, int n, moves& out) const;
  void hand_over(const state& from, moves& out) const;
  void run_late(const state& from, moves& out) const;
  changed run(move& it, const table_change& sent) const;
  const char* check(const state& before, const state& after) const;

  bool keeps(rule it) const { return kept_.keep(it); }

  const int moves_, losses_;
  const rules kept_;
};

} // namespace model
