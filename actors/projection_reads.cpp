#include "actors/continuation.hpp"
#include "actors/projection.hpp"

namespace stele {

namespace {

constexpr std::size_t reads_max = 4; ///< Enough to keep the readers of a store busy while others are folded.

} // namespace

void projection::read_missing() {
  if (held_) return;
  const std::size_t waiting_events = waiting();
  for (std::size_t i = 0; i < shards_.size() && reads_ < reads_max; ++i) {
    // Events behind a gap may fill all the room there is; one read at a time still goes on, or they would wait for
    // ever.
    if (reads_ > 0 && waiting_events >= context_->settings.handover_events_max) return;
    const auto shard = static_cast<shard_number>((next_shard_ + i) % shards_.size());
    const auto& it = shards_[shard];
    if (it.now == phase::following && !it.reading && !it.feed.has_next() && it.feed.missing() > 0) read_shard(shard);
  }
}

void projection::read_shard(shard_number shard) {
  auto& it = shards_[shard];
  it.reading = true;
  ++reads_;
  context_->counters.catch_up_reads.fetch_add(1, std::memory_order_relaxed);
  context_->events.read_shard(
      shard, it.feed.end(), context_->settings.fold_events_max,
      answer_in<std::vector<recorded_event>>(
          self_, [this, shard, epoch = it.epoch](auto events) { take_read(shard, epoch, std::move(events)); }));
}

void projection::take_read(shard_number shard, std::uint32_t epoch, stored<std::vector<recorded_event>> events) {
  --reads_;
  auto& it = shards_[shard];
  if (it.epoch == epoch) {
    it.reading = false;
    if (events)
      fill(shard, std::move(*events));
    else if (events.error().fault == store_fault::corrupt)
      rest_or_stop({shard, it.feed.end() + 1, events.error().what});
    else
      rest(shard, trouble_.failed("the log could not be read: " + events.error().what));
  }
  advance();
}

void projection::fill(shard_number shard, std::vector<recorded_event> events) {
  auto& feed = shards_[shard].feed;
  if (events.empty()) return rest(shard, trouble_.failed("the log does not show what was announced"));
  if (events.front().position > feed.end() + 1)
    return rest_or_stop({shard, feed.end() + 1,
                         "position " + std::to_string(feed.end() + 1) + " of shard " + std::to_string(shard) +
                             " is not in the log, but later ones are; run `stele verify`"});
  const heard_events heard{shard, events.front().position, events.back().position, events.front().recorded_at};
  into_->heard(std::span(&heard, 1));
  feed.fill(std::make_shared<const std::vector<recorded_event>>(std::move(events)));
}

} // namespace stele
