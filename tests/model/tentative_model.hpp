// The way back: what an aggregate decided on state that is not durable yet, and what becomes of it when a batch falls.
#pragma once

#include "tests/model/core_model.hpp" // `asks`
#include "tests/model/rules.hpp"
#include "tests/model/step.hpp"
#include "tests/model/tentative_state.hpp"

namespace model {

/// Who tells a caller that its command is durable, or lost.
enum class answers_by : small { aggregate, lane };

struct tentative_configuration {
  answers_by who = answers_by::aggregate;
  int streams = 1, callers = 3;
  asks kind[callers_max] = {asks::nothing, asks::not_empty, asks::empty, asks::nothing};
  int stream[callers_max] = {0, 0, 0, 0};
  int command[callers_max] = {1, 2, 3, 4}; ///< Callers with the same command id repeat each other.
  bool unique_key_acts = false;            ///< Otherwise to need it is a violation.
  tentative_budgets faults;
};

/// PostgreSQL is as the core model has shown it to be: a statement commits, fails, or is fenced; an unknown outcome is
/// resolved to one of these, for good. `a` counts streams and their aggregates, `k` callers.
class tentative_model {
public:
  using state = tentative_state;
  tentative_model(const tentative_configuration& configuration, rules kept) : c_(configuration), kept_(kept) {}

  state initial() const;
  void next(const state& from, steps<state>& out) const;
  bool calm(const state& s) const; ///< Everybody who called has an answer, and every stream can be used.
  bool excused(const state&) const { return false; }

private:
  using move = step<tentative_state>;
  using moves = steps<tentative_state>;

  // tentative_model.cpp
  void call(const state& from, int k, moves& out) const;
  void lose_node(const state& from, moves& out) const;

  // tentative_aggregate.cpp
  void aggregate(const state& from, int a, moves& out) const;
  void load(const state& from, int a, moves& out) const;
  void hear_command(const state& from, int k, moves& out) const;
  void decide(const state& from, int k, moves& out) const;
  void submit(state& s, int a, const decision& it) const;
  void hear_notice(const state& from, int a, moves& out) const;
  void end_actor(const state& from, int a, moves& out) const;
  void save_snapshot(state& s, int a, const decision& it) const;
  bool nothing_on_its_way(const state& s, int a) const;
  bool accepts(const facts& memory, int k) const;

  // tentative_lane.cpp
  void lane(const state& from, moves& out) const;
  void hear_decision(const state& from, int a, moves& out) const;
  void send_batch(const state& from, moves& out) const;
  bool is_duplicate(const state& s) const;
  void run_statement(const state& from, moves& out) const;
  void hear_outcome(const state& from, moves& out) const;
  void committed(move& it) const;
  void lost(move& it, bool dead) const;
  void give_back(move& it, const decision& lost, bool tell) const;
  bool is_void(const state& s, const decision& it) const;

  // tentative_answers.cpp
  const char* answer(state& s, const decision& it, said what) const;
  const char* check_order(state& s, const decision& it) const;
  const char* check_rejection(const state& s, const decision& it) const;
  const char* say(state& s, int k, said what) const;
  const char* write(state& s, const decision& it) const;
  bool in_log(const state& s, int a, int command) const;

  bool keeps(rule it) const { return kept_.keep(it); }
  bool lane_answers() const { return c_.who == answers_by::lane; }
  int stream_of(const decision& it) const { return c_.stream[it.caller - 1]; }
  int command_of(small fact) const { return fact == foreign ? 0 : c_.command[fact - 1]; }

  const tentative_configuration c_;
  const rules kept_;
};

} // namespace model
