#include "actors/shard_feed.hpp"

#include <algorithm>
#include <iterator>

namespace stele {

void shard_feed::restart(shard_position position) {
  if (later_.empty())
    later_.swap(next_);
  else
    next_.clear(); // A read will bring them again; one gap is enough to keep account of.
  taken_ = position;
  known_ = std::max(known_, position);
  close_gap();
}

void shard_feed::offer(event_ref it) {
  const auto position = it.event->position;
  hear(position);
  if (position <= end()) return;
  if (later_.empty() && position == end() + 1)
    next_.push_back(std::move(it));
  else if (later_.empty() || position == later_.back().event->position + 1)
    later_.push_back(std::move(it));
}

void shard_feed::fill(const event_batch& read) {
  for (const auto& event : *read) {
    hear(event.position);
    if (event.position == end() + 1) next_.push_back({read, &event});
  }
  close_gap();
}

event_ref shard_feed::take() {
  event_ref it = std::move(next_.front());
  next_.pop_front();
  taken_ = it.event->position;
  return it;
}

void shard_feed::close_gap() {
  while (!later_.empty() && first_later() <= end()) later_.pop_front();
  if (later_.empty() || first_later() != end() + 1) return;
  next_.insert(next_.end(), std::make_move_iterator(later_.begin()), std::make_move_iterator(later_.end()));
  later_.clear();
}

} // namespace stele
