// The events of one shard on their way into a view: in order, each once, whatever was missed on the way.
#pragma once

#include "persistence/recorded_event.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>

namespace stele {

/// One event of a batch that stays alive with it.
struct event_ref {
  event_batch owner;
  const recorded_event* event = nullptr;
};

/// Gives events with position taken + 1, taken + 2, … and tells which must be read from the store.
///
/// What is handed over in memory may begin behind a gap; the gap is filled by reads, then both go on as one.
class shard_feed {
public:
  shard_position taken() const { return taken_; }
  shard_position known() const { return known_; } ///< The last durable event heard of.
  std::size_t waiting() const { return next_.size() + later_.size(); }

  /// Goes on behind `position`. What is waiting stays if it can still be of use.
  void restart(shard_position position);

  /// Drops what is waiting; a read brings it again.
  void forget() {
    next_.clear();
    later_.clear();
  }

  void hear(shard_position position) { known_ = std::max(known_, position); }

  /// Takes an event handed over in memory. One that is not the next of those waiting is left for a read.
  void offer(event_ref it);

  /// Takes what was read behind `end`.
  void fill(const event_batch& read);

  bool has_next() const { return !next_.empty(); }

  /// Only after `has_next`.
  event_ref take();

  /// The last position before the gap, if there is one.
  shard_position end() const { return next_.empty() ? taken_ : next_.back().event->position; }

  /// How many events are missing behind `end`; 0: none.
  shard_position missing() const { return (later_.empty() ? known_ + 1 : first_later()) - end() - 1; }

private:
  shard_position first_later() const { return later_.front().event->position; }
  void close_gap();

  std::deque<event_ref> next_;  ///< taken + 1 …, without gaps.
  std::deque<event_ref> later_; ///< Behind a gap, without gaps inside.
  shard_position taken_ = 0, known_ = 0;
};

} // namespace stele
