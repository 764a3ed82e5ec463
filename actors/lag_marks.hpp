// Remembers when the events behind a position were recorded, so that an answer can say how old it is.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstddef>
#include <deque>

namespace stele {

/// Marks of one shard: "the events from here on were recorded at this time". One mark a batch, dropped as views are
/// written; when there are too many, new ones are left out and the age is told too high rather than too low.
class lag_marks {
public:
  /// The events `first` … `last` are durable; the oldest of them was recorded at that time.
  void note(shard_position first, shard_position last, unix_ms recorded_at);

  /// Everything up to `position` is in the rows that are stored.
  void forget(shard_position position);

  /// The last event anybody told of.
  shard_position last() const { return last_; }

  /// When the event after `position` was recorded; `otherwise` when there is none, or nobody told.
  unix_ms recorded_after(shard_position position, unix_ms otherwise) const;

private:
  struct mark {
    shard_position first;
    unix_ms recorded_at;
  };
  static constexpr std::size_t marks_max = 512;

  std::deque<mark> marks_; ///< Ascending by position.
  shard_position last_ = 0;
};

} // namespace stele
