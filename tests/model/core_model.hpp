// The fence: appends, take-overs, hand-overs and unknown outcomes of up to three nodes over one PostgreSQL.
#pragma once

#include "tests/model/core_state.hpp"
#include "tests/model/rules.hpp"
#include "tests/model/step.hpp"

namespace model {

/// What a command asks of its stream.
enum class asks : small { not_empty, nothing, empty };

/// How large the world is.
struct core_configuration {
  int nodes = 2, shards = 1, lanes = 1, commands = 2;
  asks kind[commands_max] = {asks::nothing, asks::not_empty, asks::nothing};
  int stream[commands_max] = {0, 0, 0}, shard[commands_max] = {0, 0, 0};
  bool markers = false; ///< A rejection of a second attempt is written down.
  budgets faults;
};

/// Each function of a group looks whether its step is possible, and if so takes it. `n`, `l`, `h`, `k` count nodes,
/// lanes, shards and commands; `i` statements.
class core_model {
public:
  using state = core_state;
  core_model(const core_configuration& configuration, rules kept) : c_(configuration), kept_(kept) {}

  state initial() const;
  void next(const state& from, steps<state>& out) const;
  bool calm(const state& s) const;    ///< Every shard is served, nothing is pending.
  bool excused(const state& s) const; ///< Every node has crashed: it takes a new process.

private:
  using move = step<core_state>;
  using moves = steps<core_state>;

  // core_clients.cpp
  void clients(const state& from, moves& out) const;
  void call_or_retry(const state& from, int k, int n, moves& out) const;
  void hear_command(const state& from, int k, int attempt, moves& out) const;
  void forward(const state& from, int k, int attempt, moves& out) const;
  void repeat_answer(const state& from, int k, int attempt, int at, moves& out) const;
  void decide(const state& from, int k, int attempt, moves& out) const;
  bool accepts(const node_shard& memory, int k) const;

  // core_append.cpp
  void lane(const state& from, int n, int l, moves& out) const;
  void send_batch(const state& from, int n, int l, moves& out) const;
  void hear_batch(const state& from, int n, int l, moves& out) const;
  void run_append(const state& from, int i, moves& out) const;
  void insert(const state& from, int i, moves& out) const;
  void run_fence(const state& from, int i, moves& out) const;

  // core_unknown.cpp
  void unknown_outcome(const state& from, int n, int l, moves& out) const;
  void look(const state& from, int n, int l, moves& out) const;
  bool is_there(const state& s, int n, const node_lane& lane) const;
  void run_bump(const state& from, int i, moves& out) const;

  // core_give.cpp
  void shard(const state& from, int n, int h, moves& out) const;
  void placement(const state& from, int n, int h, moves& out) const;
  void give(const state& from, int n, int h, moves& out) const;
  void give_unknown(const state& from, int n, int h, moves& out) const;
  bool drained(const node_lane& lane, int h) const;
  void run_give(const state& from, int i, moves& out) const;
  void run_keep(const state& from, int i, moves& out) const;

  // core_take_over.cpp
  void take_over(const state& from, int n, moves& out) const;
  void hear_take_over(const state& from, int n, moves& out) const;
  void run_take_over(const state& from, int i, moves& out) const;
  void lock_members(const state& from, int i, moves& out) const;
  void commit_take_over(const state& from, int i, moves& out) const;
  void move_shards(state& s, const statement& by, bool as_seen) const;

  // core_members.cpp
  void begin_life(const state& from, int n, moves& out) const;
  void crash(const state& from, int n, moves& out) const;
  void leave(const state& from, int n, moves& out) const;
  const char* stop(state& s, int n, int own_lane = -1) const;

  // core_answers.cpp: what a client hears, checked at that moment.
  const char* acknowledge(state& s, int k, int position) const;
  const char* say_no_effect(state& s, int k, bool final = false) const;
  const char* reject(state& s, const entry& it) const;
  const char* confirm_batch(state& s, int n, int l) const;
  const char* fail_batch(state& s, int n, int l) const;
  const char* fail_queue(state& s, int n, int l) const;

  // core_locks.cpp
  void run_statement(const state& from, int i, moves& out) const;
  void never_run(const state& from, int i, moves& out) const;
  void finish(state& s, int i, outcome how) const;
  bool forget(state& s, int i) const;
  bool lane_shared(const state& s, int member, int l) const;
  bool lane_locked(const state& s, int member) const;
  bool lanes_free(const state& s, int member) const;
  bool member_shared(const state& s, int member) const;
  bool member_locked(const state& s, int member) const;

  /// The events of one stream as a number: how many, and whose. What a decision is based on.
  small history(const fact* facts, int length, int stream) const;
  int stream_length(const state& s, int h, int stream) const {
    return history(s.db.log[h], s.db.length[h], stream) >> 6;
  }

  bool keeps(rule it) const { return kept_.keep(it); }
  int lane_of(int h) const { return c_.lanes == 2 ? h : 0; }
  /// The row of `es_members` a process writes as. Without a new incarnation the third is the first, started again.
  int row(int n) const { return !keeps(rule::new_incarnation) && n == 2 ? 0 : n; }
  static int of_lane(int n, int l) { return n * lanes_max + l; }
  static int of_node(int n) { return lane_statements + n; }
  static bool is_forgotten(int i) { return i >= first_forgotten; }

  const core_configuration c_;
  const rules kept_;
};

inline const char* node_name(int n) {
  static constexpr const char* names[] = {"node A", "node B", "node C"};
  return names[n];
}

inline const char* command_name(int k) {
  static constexpr const char* names[] = {"command 1", "command 2", "command 3"};
  return names[k];
}

} // namespace model
