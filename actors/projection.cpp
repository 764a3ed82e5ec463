#include "actors/projection.hpp"

#include "actors/continuation.hpp"

#include <algorithm>

namespace stele {

projection::projection(caf::event_based_actor* self, read_context_ptr context, std::shared_ptr<served_view> into,
                       bool counting, projection_listener owner)
    : self_(self), context_(std::move(context)), into_(std::move(into)), counting_(counting), owner_(std::move(owner)),
      shards_(context_->events.identity().shards), trouble_(context_->settings.resolve_backoff_ms) {
  for (shard_number shard = 0; shard < shards_.size(); ++shard)
    if (!counting_ && !context_->shards.is_mine(shard)) shards_[shard].now = phase::elsewhere;
}

void projection::start(view_table table, const std::vector<shard_position>& written) {
  table_ = std::move(table);
  started_ = true;
  trouble_.over();
  into_->open(table_, written);
  into_->when_waited_for([to = self_->address(), this] {
    if (const auto self = caf::actor_cast<caf::actor>(to)) run_soon(self, [this] { advance(); });
  });
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    const bool elsewhere = shards_[shard].now == phase::elsewhere;
    drop(shard);
    shards_[shard].complete = 0; // Of another table.
    begin_again(shard, written[shard]);
    if (elsewhere) shards_[shard].now = phase::elsewhere;
  }
  advance();
}

void projection::gain(shard_number shard, shard_position head) {
  auto& it = shards_[shard];
  it.feed.hear(head);
  if (it.now != phase::elsewhere) return advance();
  it.now = phase::reloading;
  if (started_) reload({shard}, 0);
}

/// Rows of it in memory are worth nothing any more: its new owner folds on.
void projection::lose(shard_number shard) {
  auto& it = shards_[shard];
  if (it.now == phase::elsewhere) return;
  drop(shard);
  it.now = phase::elsewhere;
  trouble_.over(); // If it is of the others, too, they will say so.
  const shard_progress progress = progress_of(shard);
  into_->drop(std::span(&progress, 1));
}

void projection::hear(shard_number shard, shard_position position) {
  shards_[shard].feed.hear(position);
  advance();
}

void projection::hear(const std::vector<shard_position>& heads) {
  std::vector<heard_events> behind;
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    shards_[shard].feed.hear(heads[shard]);
    const auto first = shards_[shard].written + 1;
    // Nobody knows yet when they were recorded; the read that brings them tells.
    if (heads[shard] >= first) behind.push_back({shard, first, heads[shard], context_->time.now()});
  }
  into_->heard(behind);
  advance();
}

void projection::hand_over(const event_batch& events) {
  std::vector<heard_events> heard;
  std::vector<std::size_t> place(shards_.size(), SIZE_MAX);
  std::size_t room =
      context_->settings.handover_events_max - std::min(waiting(), context_->settings.handover_events_max);
  for (const auto& event : *events) {
    if (event.shard >= shards_.size()) continue;
    if (place[event.shard] == SIZE_MAX) {
      place[event.shard] = heard.size();
      heard.push_back({event.shard, event.position, event.position, event.recorded_at});
    }
    heard[place[event.shard]].last = event.position;
    auto& shard = shards_[event.shard];
    shard.feed.hear(event.position);
    const bool takes = started_ && shard.now != phase::stopped && shard.now != phase::elsewhere;
    if (!takes || room == 0) continue; // Read from the store when its turn comes.
    shard.feed.offer({events, &event});
    --room;
  }
  into_->heard(heard);
  advance();
}

void projection::hold() { held_ = true; }

void projection::release() {
  held_ = false;
  advance();
}

void projection::retry_stopped() {
  for (auto& shard : shards_) {
    if (shard.now != phase::stopped) continue;
    shard.now = phase::following;
    shard.attempts = 0;
  }
  advance();
}

void projection::flush() {
  flushing_ = true;
  advance();
}

void projection::move_to(const table_at_rest& rebuilt) {
  table_ = rebuilt.table;
  // Rows come with the rounds they were folded in: go on behind those, or new rows would look written.
  round_ = std::max(round_, rebuilt.round) + 1;
  written_round_ = round_ - 1;
  const bool waited_for = into_->replace(*rebuilt.rows);
  std::vector<shard_progress> progress;
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    auto& it = shards_[shard];
    const bool elsewhere = it.now == phase::elsewhere;
    ++it.epoch;
    it.reading = false;
    it.attempts = 0;
    begin_again(shard, rebuilt.written[shard]);
    if (elsewhere) it.now = phase::elsewhere;
    progress.push_back(progress_of(shard));
  }
  into_->written(written_round_, progress);
  owner_.moved(waited_for);
}

bool projection::idle() const {
  const auto settled = [](const shard_state& it) { return it.now != phase::reloading && it.folded == it.written; };
  return !folding_ && !writing_ && std::all_of(shards_.begin(), shards_.end(), settled);
}

bool projection::reached(const std::vector<shard_position>& targets) const {
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (shards_[i].now != phase::stopped && shards_[i].now != phase::elsewhere && shards_[i].written < targets[i])
      return false;
  return true;
}

bool projection::folded_past(const std::vector<shard_position>& targets) const {
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (shards_[i].folded < targets[i]) return false;
  return true;
}

std::vector<shard_position> projection::written() const {
  std::vector<shard_position> all;
  for (const auto& shard : shards_) all.push_back(shard.written);
  return all;
}

std::vector<shard_position> projection::at_hand() const {
  std::vector<shard_position> all;
  for (const auto& shard : shards_) all.push_back(shard.now == phase::following ? shard.feed.end() : shard.written);
  return all;
}

std::uint64_t projection::events_known() const {
  std::uint64_t events = 0;
  for (const auto& shard : shards_) events += shard.feed.known();
  return events;
}

std::uint64_t projection::events_folded() const {
  std::uint64_t events = 0;
  for (const auto& shard : shards_) events += shard.folded;
  return events;
}

std::vector<stopped_shard> projection::stopped() const {
  std::vector<stopped_shard> all;
  for (const auto& shard : shards_)
    if (shard.now == phase::stopped) all.push_back(shard.why);
  return all;
}

std::optional<projection_tally> projection::tally() const {
  if (unsure_ || !counting_) return std::nullopt;
  projection_tally all;
  for (const auto& shard : shards_) {
    all.events += shard.stored.events;
    all.rows.rows += shard.stored.rows.rows;
    all.rows.sum += shard.stored.rows.sum;
  }
  return all;
}

void projection::advance() {
  if (!started_) return;
  write_next();
  fold_next();
  write_next();
  read_missing(); // Last: what was folded just now may have been all there was.
}

shard_progress projection::progress_of(shard_number shard) {
  auto& it = shards_[shard];
  // Where no row waits to be written, the store's rows hold everything, however far behind the checkpoint is. That
  // stays true, so what is told never goes back, though memory may be dropped and folded again.
  const bool clean = it.dirty_round <= written_round_;
  it.complete = std::max({it.complete, it.written, clean ? it.folded : 0});
  return {shard, it.proven ? std::max(it.folded, it.complete) : it.complete, it.complete, it.proven};
}

std::size_t projection::waiting() const {
  std::size_t events = 0;
  for (const auto& shard : shards_) events += shard.feed.waiting();
  return events;
}

} // namespace stele
