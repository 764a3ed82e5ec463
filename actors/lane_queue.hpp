// What a lane has yet to write: its next batches, made while the one before them is at the disk.
#pragma once

#include "actors/settings.hpp"
#include "actors/submission.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

namespace stele {

/// Decisions that go to the store together, in the order they came.
struct lane_batch {
  std::vector<submission_ptr> submissions;
  std::shared_ptr<std::vector<recorded_event>> events; ///< Of all of them; null: there is none, the batch is a fence.
  std::size_t bytes = 0;                               ///< Of the events, roughly.
};

/// Gives each event its position in the shard as it comes, behind everything that came before, so that the next batch
/// is ready when the disk is. Positions are of use only if all before them are written: after a loss they are given
/// anew. Knows no actor; not safe between threads.
class lane_queue {
public:
  lane_queue(const actor_settings& settings, std::size_t shards) : settings_(settings), heads_(shards) {}

  /// Where the shards end in the store. What waits gets its positions behind that.
  void begin_at(std::vector<shard_position> heads);

  /// A shard has come and ends there, or further on: it may have stayed all the time and have events on their way.
  void begin_at(shard_number shard, shard_position head) { heads_[shard] = std::max(heads_[shard], head); }

  void push(submission_ptr it);
  lane_batch pop();
  bool empty() const { return batches_.empty(); }

  /// Nothing of a batch that was taken has been written, nor will be. Drops what was decided on what is lost.
  void lose(const lane_batch& taken);

  bool has_events_of(shard_number shard) const;
  std::vector<submission_ptr> all() const;
  void clear() { batches_.clear(); }

private:
  lane_batch& room_for(const submission& it);
  void place(submission& it, lane_batch& into);
  void take_back(const lane_batch& from);
  void place_anew();

  const actor_settings& settings_;
  std::vector<shard_position> heads_; ///< Of each shard, everything that has a position included.
  std::deque<lane_batch> batches_;
  std::size_t events_at_last_ = 0; ///< In the batch taken last: the next will have about as many.
};

} // namespace stele
