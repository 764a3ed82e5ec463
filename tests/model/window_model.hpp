// The command ids an aggregate remembers, through evictions, new owners, and snapshots that are written late.
#pragma once

#include "tests/model/core_state.hpp" // `small`
#include "tests/model/rules.hpp"
#include "tests/model/step.hpp"

namespace model {

constexpr int ids = 4, window_max = 2, window_log_max = 5, saves_max = 2;

/// The greatest ids that were applied, ascending, and whether one was ever let go.
struct id_window {
  small size = 0, forgot = 0;
  small of[window_max] = {};
};

struct id_snapshot {
  small used = 0, version = 0;
  id_window window;
};

struct window_state {
  small log_size = 0;
  small log[window_log_max] = {};
  id_window window; ///< Of the owner that serves now.
  id_snapshot stored;
  id_snapshot on_its_way[saves_max] = {}; ///< Sent by this owner or an earlier one.
};

/// Ids are ordered by the clocks of clients, which differ: any id may come at any time, and again.
class window_model {
public:
  using state = window_state;
  explicit window_model(rules kept) : kept_(kept) {}

  state initial() const { return {}; }
  void next(const state& from, steps<state>& out) const;
  bool calm(const state&) const { return true; }
  bool excused(const state&) const { return false; }

private:
  using move = step<window_state>;
  using moves = steps<window_state>;

  void hear(const state& from, small id, moves& out) const;
  void change_owner(const state& from, moves& out) const;
  void send_snapshot(const state& from, moves& out) const;
  void save_snapshot(const state& from, int i, moves& out) const;
  void remember(id_window& into, small id) const;
  bool keeps(rule it) const { return kept_.keep(it); }

  const rules kept_;
};

} // namespace model
