#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/projection.hpp"

#include <algorithm>
#include <unordered_map>

namespace stele {

/// One step; while there is more at hand, the next follows when others have had their turn.
void projection::fold_next() {
  if (folding_ || going_on_ || held_ || round_alone_ || round_is_full()) return;
  folding batch;
  take(batch);
  if (batch.events.empty()) return;
  group(batch);
  folding_ = std::move(batch);
  find_rows();
  if (!folding_) go_on();
}

void projection::go_on() {
  const auto has_next = [](const shard_state& it) { return it.now == phase::following && it.feed.has_next(); };
  if (std::none_of(shards_.begin(), shards_.end(), has_next)) return;
  going_on_ = true;
  run_soon(caf::actor_cast<caf::actor>(self_), [this] {
    going_on_ = false;
    advance();
  });
}

void projection::take(folding& batch) {
  const actor_settings& most = context_->settings;
  const std::size_t room = std::min(most.fold_events_max, most.write_events_max - round_events_);
  if (round_events_ == 0) batch.alone = take_suspect(batch);
  for (std::size_t i = 0; i < shards_.size() && batch.events.size() < room && !batch.alone; ++i) {
    auto& it = shards_[(next_shard_ + i) % shards_.size()];
    const bool may_share = it.now == phase::following && it.suspect <= it.folded;
    while (may_share && it.feed.has_next() && batch.events.size() < room) {
      event_ref next = it.feed.take();
      if (next.event->position > it.folded) batch.events.push_back(std::move(next)); // Else a read brought it again.
    }
  }
  next_shard_ = (next_shard_ + 1) % shards_.size(); // Each shard is first once.
  for (const auto& shard : shards_) batch.epochs.push_back(shard.epoch);
}

/// One event of a shard under suspicion, if there is one.
bool projection::take_suspect(folding& batch) {
  for (auto& it : shards_)
    while (it.now == phase::following && it.suspect > it.folded && it.feed.has_next()) {
      event_ref next = it.feed.take();
      if (next.event->position <= it.folded) continue; // A read brought it again.
      batch.events.push_back(std::move(next));
      return true;
    }
  return false;
}

void projection::group(folding& batch) const {
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto& ref : batch.events) {
    const auto& stream = ref.event->stream_id;
    if (aggregate_of(stream) != into_->type().definition().aggregate) continue;
    const auto [place, fresh] = places.try_emplace(id_of(stream), batch.keys.size());
    if (fresh) batch.keys.push_back({std::string(id_of(stream)), ref.event->shard, {}, {}, {}});
    batch.keys[place->second].events.push_back(ref.event);
  }
}

void projection::find_rows() {
  std::vector<std::string> keys, missing;
  for (const auto& key : folding_->keys) keys.push_back(key.key);
  const auto found = into_->find(keys);
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& key = folding_->keys[i];
    if (found[i]) {
      key.before = *found[i];
    } else if (key.events.front()->version != 1) { // The first event of a stream finds no row: nothing to read.
      folding_->unknown.push_back(i);
      missing.push_back(key.key);
    }
  }
  if (missing.empty()) return fold();
  context_->views.read(table_, std::move(missing),
                       answer_in<read_rows>(self_, [this](stored<read_rows> rows) { take_rows(std::move(rows)); }));
}

void projection::take_rows(stored<read_rows> rows) {
  if (rows) {
    for (std::size_t i = 0; i < folding_->unknown.size(); ++i) {
      if (!rows->rows[i]) continue;
      auto& before = folding_->keys[folding_->unknown[i]].before;
      before.row = std::make_shared<const row_values>(std::move(*rows->rows[i]));
    }
    fold();
  } else {
    const std::string why = "rows could not be read: " + rows.error().what;
    log(log_level::warning, "view " + table_.view + ": " + why + "; trying again");
    forget_void_events(*folding_);
    std::vector<shard_number> shards;
    for (const auto& ref : folding_->events) shards.push_back(ref.event->shard);
    std::sort(shards.begin(), shards.end());
    shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
    folding_.reset();
    reload(shards, trouble_.failed(why));
  }
  advance();
}

void projection::fold() {
  forget_void_events(*folding_);
  const auto poison = fold_keys(into_->type(), folding_->keys);
  put(*folding_, poison);
  folding_.reset();
  for (const auto& it : poison) rest_or_stop(it);
}

void projection::forget_void_events(folding& batch) const {
  const auto is_void = [&](shard_number shard) { return shards_[shard].epoch != batch.epochs[shard]; };
  std::erase_if(batch.keys, [&](const auto& key) { return is_void(key.shard); });
  std::erase_if(batch.events, [&](const auto& ref) { return is_void(ref.event->shard); });
}

void projection::put(folding& batch, const std::vector<poison_event>& poison) {
  std::vector<shard_number> touched;
  for (const auto& ref : batch.events) {
    const auto& event = *ref.event;
    const auto left_out = [&](const auto& it) { return it.shard == event.shard && event.position >= it.position; };
    if (std::any_of(poison.begin(), poison.end(), left_out)) continue;
    auto& shard = shards_[event.shard];
    shard.folded = event.position;
    ++shard.events;
    ++round_events_;
    round_alone_ = batch.alone;
    if (touched.empty() || touched.back() != event.shard) touched.push_back(event.shard);
  }
  auto rows = rows_of(batch);
  std::vector<shard_progress> progress;
  for (const auto shard : touched) progress.push_back(progress_of(shard));
  context_->counters.events_folded.fetch_add(batch.events.size(), std::memory_order_relaxed);
  owner_.moved(into_->fold(rows, progress));
}

std::vector<folded_row> projection::rows_of(folding& batch) {
  std::vector<folded_row> rows;
  for (auto& key : batch.keys) {
    if (key.events.empty()) continue;
    const bool listed = key.before.row && key.before.round == round_;
    cached_row row{nullptr, key.shard, key.before.round, key.before.stored_hash};
    // A row of an earlier round is the one the store holds, or will hold before this one is written.
    if (counting_ && key.before.row && key.before.round < round_) row.stored_hash = row_hash(*key.before.row);
    if (key.after) {
      row.row = std::make_shared<const row_values>(std::move(*key.after));
      row.round = shards_[key.shard].dirty_round = round_;
      if (!listed) dirty_.emplace_back(key.key, key.shard);
    }
    rows.push_back({std::move(key.key), std::move(row)});
  }
  return rows;
}

void projection::rest_or_stop(const poison_event& poison) {
  auto& shard = shards_[poison.shard];
  shard.feed.restart(shard.folded);
  if (shard.why.position != poison.position) shard.attempts = 0;
  shard.why = {poison.shard, poison.position, poison.reason};
  if (++shard.attempts >= context_->settings.poison_attempts) return stop(poison.shard);
  rest(poison.shard, context_->settings.poison_backoff_ms << std::min(shard.attempts - 1, 20U));
}

void projection::rest(shard_number shard, std::int64_t pause_ms) {
  shards_[shard].now = phase::resting;
  run_later(self_, pause_ms, [this, shard, epoch = shards_[shard].epoch] {
    if (shards_[shard].epoch != epoch || shards_[shard].now != phase::resting) return;
    shards_[shard].now = phase::following;
    advance();
  });
}

void projection::stop(shard_number shard) {
  auto& it = shards_[shard];
  it.now = phase::stopped;
  it.feed.forget();
  context_->counters.poison_events.fetch_add(1, std::memory_order_relaxed);
  log(log_level::error, "view " + table_.view + ", shard " + std::to_string(shard) + " stopped at position " +
                            std::to_string(it.why.position) + ": " + it.why.reason +
                            "; resume the view when that is mended");
  owner_.shard_stopped(it.why);
}

} // namespace stele
