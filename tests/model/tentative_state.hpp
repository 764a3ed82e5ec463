// One node from inside: aggregates that decide on tentative state, the lane that writes, and everything on its way.
#pragma once

#include "tests/model/core_state.hpp" // `small`

namespace model {

constexpr int streams_max = 2, callers_max = 4, facts_max = 5, notices_max = 6, batch_max = 2;
constexpr small foreign = 9; ///< An event of the next owner; those of callers are 1, 2, 3, …

/// The events of one stream: on disk, as remembered, in a snapshot, or what a decision was based on.
struct facts {
  small size = 0;
  small of[facts_max] = {};
  void add(small it) { of[size++] = it; }
};

/// What an aggregate hands to its lane.
struct decision {
  small caller = 0; ///< 1, 2, 3, …; 0 is none.
  small generation = 0, number = 0;
  small stores = 0, repeats = 0, saves = 0; ///< Has an event; repeats a tentative command; a snapshot is due with it.
  facts basis;
};

/// A queue of a fixed size, first in, first out.
template <class T, int Max>
struct line {
  small size = 0;
  T of[Max] = {};
  bool full() const { return size == Max; }
  void push(const T& it) { of[size++] = it; }
  T pop() {
    const T first = of[0];
    for (int i = 1; i < size; ++i) of[i - 1] = of[i];
    of[--size] = {};
    return first;
  }
};

/// Word of the lane to an aggregate: how its decisions up to `last` ended.
struct notice {
  small lost = 0, generation = 0, last = 0;
};

enum class awake : small { asleep, loading, loaded, ready };

struct aggregate_state {
  awake phase = awake::asleep;
  small generation = 1;
  small decided = 0, answered = 0; ///< Numbers of decisions, so that answers can be seen to leave in order.
  small durable = 0;               ///< So much of `memory` it knows to be on disk.
  facts memory;
  line<decision, callers_max> pending; ///< Decided and not answered, as far as the aggregate keeps them.
  line<decision, callers_max> to_lane; ///< In the lane's mailbox.
  line<notice, notices_max> from_lane; ///< In its own mailbox.
};

enum class writing : small { idle, sent, unknown, dead };
enum class fate : small { none, running, committed, failed, fenced };

struct lane_state {
  writing phase = writing::idle;
  fate statement = fate::none;
  small lost_generation[streams_max] = {};
  line<decision, batch_max> batch;
  line<decision, callers_max> queue;
};

enum class said : small { not_called, nothing, ok, rejected, no_effect, actor_died };

struct caller_state {
  said heard = said::not_called;
  small decided = 0;
  small seen_before = 0; ///< Length of the stream's log when it called.
};

struct tentative_budgets {
  small failures = 0, unknowns = 0, take_overs = 0, foreign_events = 0, deaths = 0, retirements = 0, snapshots = 0;
};

struct tentative_state {
  facts log[streams_max] = {}, snapshot[streams_max] = {};
  small taken_over = 0;
  tentative_budgets left;
  caller_state callers[callers_max] = {};
  aggregate_state aggregates[streams_max] = {};
  lane_state lane;
};

} // namespace model
