#include "actors/lane_queue.hpp"

#include "actors/disturbance.hpp"
#include "actors/sabotage.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stele {

void lane_queue::begin_at(std::vector<shard_position> heads) {
  heads_ = std::move(heads);
  place_anew();
}

void lane_queue::push(submission_ptr it) {
  lane_batch& into = room_for(*it);
  place(*it, into);
  into.submissions.push_back(std::move(it));
}

/// A command larger than a batch goes alone.
lane_batch& lane_queue::room_for(const submission& it) {
  if (batches_.empty()) return batches_.emplace_back();
  lane_batch& last = batches_.back();
  const std::size_t events = last.events ? last.events->size() : 0;
  const bool fits = last.submissions.size() < settings_.batch_events_max &&
                    events + it.events.size() <= settings_.batch_events_max &&
                    last.bytes + it.bytes <= settings_.batch_bytes_max;
  return fits && !STELE_DISTURBED() ? last : batches_.emplace_back();
}

void lane_queue::place(submission& it, lane_batch& into) {
  if (it.events.empty()) return;
  if (!into.events) {
    into.events = std::make_shared<std::vector<recorded_event>>();
    into.events->reserve(std::max(events_at_last_, it.events.size()));
  }
  for (recorded_event& event : it.events) {
    it.position = event.position = ++heads_[event.shard];
    into.events->push_back(std::move(event));
  }
  into.bytes += it.bytes;
  it.events = {};
}

lane_batch lane_queue::pop() {
  lane_batch next = std::move(batches_.front());
  batches_.pop_front();
  events_at_last_ = next.events ? next.events->size() : 0;
  return next;
}

void lane_queue::lose(const lane_batch& taken) {
  take_back(taken);
  for (const lane_batch& it : batches_) take_back(it);
  place_anew();
}

void lane_queue::take_back(const lane_batch& from) {
  if (!from.events) return;
  for (const recorded_event& event : *from.events) --heads_[event.shard];
}

void lane_queue::place_anew() {
  for (lane_batch& from : std::exchange(batches_, {})) {
    std::size_t at = 0; // In the events of the batch.
    for (submission_ptr& it : from.submissions) {
      const auto begin = from.events ? from.events->begin() + static_cast<std::ptrdiff_t>(at)
                                     : std::vector<recorded_event>::iterator();
      at += it->stores;
      if (it->is_void() && !STELE_SABOTAGE(decisions_on_lost_state_kept)) continue;
      it->events.assign(std::make_move_iterator(begin), std::make_move_iterator(begin + it->stores));
      push(std::move(it));
    }
  }
}

bool lane_queue::has_events_of(shard_number shard) const {
  return std::any_of(batches_.begin(), batches_.end(), [shard](const lane_batch& batch) {
    return std::any_of(batch.submissions.begin(), batch.submissions.end(),
                       [shard](const submission_ptr& it) { return it->stores != 0 && it->stream->shard == shard; });
  });
}

std::vector<submission_ptr> lane_queue::all() const {
  std::vector<submission_ptr> found;
  for (const lane_batch& it : batches_) found.insert(found.end(), it.submissions.begin(), it.submissions.end());
  return found;
}

} // namespace stele
