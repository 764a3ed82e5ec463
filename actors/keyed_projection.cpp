#include "actors/keyed_projection.hpp"

#include "actors/continuation.hpp"
#include "actors/log.hpp"

#include <algorithm>
#include <map>

namespace stele {

namespace {

std::vector<heard_events> ranges_of(const std::vector<recorded_event>& events, std::size_t shards) {
  std::map<shard_number, heard_events> ranges;
  for (const auto& event : events) {
    if (event.shard >= shards) continue;
    const heard_events one{event.shard, event.position, event.position, event.recorded_at};
    ranges.try_emplace(event.shard, one).first->second.last = event.position;
  }
  std::vector<heard_events> all;
  for (const auto& [shard, range] : ranges) all.push_back(range);
  return all;
}

} // namespace

keyed_projection::keyed_projection(caf::event_based_actor* self, read_context_ptr context,
                                   std::shared_ptr<served_view> into, bool counting, projection_listener owner)
    : self_(self), context_(std::move(context)), into_(std::move(into)), counting_(counting), owner_(std::move(owner)),
      shards_(context_->events.identity().shards), elsewhere_(!counting && !context_->shards.is_mine(home_shard)),
      rows_(context_->settings.row_cache_rows_max), origins_(context_->settings.row_cache_rows_max),
      trouble_(context_->settings.resolve_backoff_ms) {}

void keyed_projection::start(view_table table, const std::vector<shard_position>& written) {
  table_ = std::move(table);
  started_ = true;
  trouble_.over();
  drop();
  for (auto& it : shards_) it.complete = 0; // Of another table.
  into_->open(table_, written);
  begin_again(written);
}

void keyed_projection::hear(const std::vector<shard_position>& heads) {
  std::vector<heard_events> behind;
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    auto& it = shards_[shard];
    it.known = std::max(it.known, heads[shard]);
    // Nobody knows yet when they were recorded; the read that brings them tells.
    if (heads[shard] > it.written) behind.push_back({shard, it.written + 1, heads[shard], context_->time.now()});
  }
  into_->heard(behind);
  held_back_ = false;
  advance();
}

void keyed_projection::hand_over(const event_batch& events) {
  const auto heard = ranges_of(*events, shards_.size());
  for (const auto& range : heard) shards_[range.shard].known = std::max(shards_[range.shard].known, range.last);
  into_->heard(heard);
  held_back_ = false;
  looks_ = 0;
  advance();
}

void keyed_projection::gain(shard_number shard, shard_position head) {
  shards_[shard].known = std::max(shards_[shard].known, head);
  if (shard != home_shard || !std::exchange(elsewhere_, false)) return advance();
  if (started_) reload(0);
}

void keyed_projection::lose(shard_number shard) {
  if (shard != home_shard || std::exchange(elsewhere_, true)) return;
  drop(); // What is under way is for nothing: its new owner folds on.
  trouble_.over();
  now_ = phase::following;
}

void keyed_projection::hear(shard_number shard, shard_position position) {
  if (position <= shards_[shard].known) return;
  shards_[shard].known = position;
  held_back_ = false;
  looks_ = 0;
  advance();
}

void keyed_projection::hold() { held_ = true; }

void keyed_projection::release() {
  held_ = false;
  advance();
}

void keyed_projection::retry_stopped() {
  if (now_ != phase::stopped) return;
  attempts_ = 0;
  reload(0);
}

void keyed_projection::flush() {
  flushing_ = true;
  stepped_us_ = long_ago; // Nothing waits for company any more.
  advance();
}

void keyed_projection::move_to(const table_at_rest& rebuilt) {
  table_ = rebuilt.table;
  ++epoch_;
  attempts_ = 0;
  rows_.clear();
  const bool waited_for = into_->replace(*rebuilt.rows);
  begin_again(rebuilt.written);
  owner_.moved(waited_for);
}

bool keyed_projection::idle() const {
  return started_ && now_ != phase::locating && !step_ && !writing_ && !is_unwritten();
}

bool keyed_projection::reached(const std::vector<shard_position>& targets) const {
  if (now_ == phase::stopped || elsewhere_) return true;
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (shards_[i].written < targets[i]) return false;
  return true;
}

bool keyed_projection::drained(const std::vector<shard_position>& targets) const {
  return reached(targets) || (held_back_ && idle()); // What is held back may be so for a long time.
}

bool keyed_projection::folded_past(const std::vector<shard_position>& targets) const {
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (shards_[i].folded < targets[i]) return false;
  return true;
}

std::vector<shard_position> keyed_projection::written() const {
  std::vector<shard_position> all;
  for (const auto& shard : shards_) all.push_back(shard.written);
  return all;
}

std::vector<shard_position> keyed_projection::at_hand() const {
  const bool backlog = events_known() - events_folded() > context_->settings.handover_events_max;
  std::vector<shard_position> all;
  for (const auto& shard : shards_) all.push_back(backlog ? shard.folded : std::max(shard.known, shard.folded));
  return all;
}

std::uint64_t keyed_projection::events_known() const {
  std::uint64_t events = 0;
  for (const auto& shard : shards_) events += std::max(shard.known, shard.folded);
  return events;
}

std::uint64_t keyed_projection::events_folded() const {
  std::uint64_t events = 0;
  for (const auto& shard : shards_) events += shard.folded;
  return events;
}

std::vector<stopped_shard> keyed_projection::stopped() const {
  if (now_ != phase::stopped) return {};
  return {why_};
}

std::optional<projection_tally> keyed_projection::tally() const {
  return counting_ ? std::optional(stored_) : std::nullopt;
}

void keyed_projection::advance() {
  if (!started_ || elsewhere_ || step_ || writing_ || now_ == phase::locating) return;
  if (must_write()) return write();
  if (now_ == phase::following && !held_ && !held_back_ && is_behind() && !waits_for_company()) read_page();
}

/// A step costs a read of the log and a write whether it folds one event or a thousand: right after one, and while
/// nobody waits, the next is put off for a moment, in which more come together.
bool keyed_projection::waits_for_company() {
  constexpr std::int64_t pause_ms = 5;
  const bool enough = events_known() - events_folded() >= context_->settings.fold_events_max;
  const std::int64_t since_us = context_->time.steady_us() - stepped_us_;
  if (counting_ || flushing_ || enough || since_us >= pause_ms * 1000 || into_->is_waited_for()) return false;
  if (!std::exchange(company_armed_, true))
    run_later(self_, pause_ms, [this] {
      company_armed_ = false;
      advance();
    });
  return true;
}

bool keyed_projection::is_behind() const {
  return std::any_of(shards_.begin(), shards_.end(), [](const auto& it) { return it.folded < it.known; });
}

bool keyed_projection::is_unwritten() const {
  return std::any_of(shards_.begin(), shards_.end(), [](const auto& it) { return it.folded > it.written; });
}

/// Tells how far the store's rows go: only when no folded row waits to be written.
void keyed_projection::announce() {
  std::vector<shard_progress> progress;
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    auto& it = shards_[shard];
    it.complete = std::max(it.complete, it.folded); // Memory that was dropped doesn't take back what the rows hold.
    progress.push_back({shard, it.complete, it.complete, true});
  }
  owner_.moved(into_->move(progress));
}

/// False after the last try of that event.
bool keyed_projection::try_again(const poison_event& poison) {
  if (why_.shard != poison.shard || why_.position != poison.position) attempts_ = 0;
  why_ = {poison.shard, poison.position, poison.reason};
  return ++attempts_ < context_->settings.poison_attempts;
}

void keyed_projection::rest_or_stop(const poison_event& poison) {
  if (!try_again(poison)) return stop();
  rest(poison_pause());
}

std::int64_t keyed_projection::poison_pause() const {
  return context_->settings.poison_backoff_ms << std::min(attempts_ - 1, 20U);
}

void keyed_projection::rest(std::int64_t pause_ms) {
  now_ = phase::resting;
  run_later(self_, pause_ms, unless_dropped([this] {
              if (now_ != phase::resting) return;
              now_ = phase::following;
              advance();
            }));
  owner_.moved(false); // Who waits until it stands still must hear that it does: held, it will not go on by itself.
}

void keyed_projection::stop() {
  now_ = phase::stopped;
  context_->counters.poison_events.fetch_add(1, std::memory_order_relaxed);
  log(log_level::error, "view " + table_.view + " stopped at position " + std::to_string(why_.position) + " of shard " +
                            std::to_string(why_.shard) + ": " + why_.reason + "; resume the view when that is mended");
  owner_.shard_stopped(why_);
}

} // namespace stele
