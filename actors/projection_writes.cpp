#include "actors/continuation.hpp"
#include "actors/disturbance.hpp"
#include "actors/log.hpp"
#include "actors/projection.hpp"
#include "actors/sabotage.hpp"

#include <algorithm>

namespace stele {

namespace {

constexpr std::int64_t flush_ms = 1000;        ///< How long a checkpoint may wait when no row changed.
constexpr std::int64_t pauses_for_a_write = 2; ///< A view takes at most a third of its store's time.
constexpr std::int64_t pause_max_us = 250'000;
constexpr std::int64_t patience_us = 1'000'000; ///< Where somebody waited, somebody will wait again.

} // namespace

void projection::write_next() {
  if (!writing_ && worth_writing()) begin_write();
}

bool projection::worth_writing() {
  const auto behind = [](const shard_state& it) { return it.folded > it.written; };
  if (std::none_of(shards_.begin(), shards_.end(), behind)) {
    round_events_ = 0;
    flushing_ = round_alone_ = false;
    return false;
  }
  if (flushing_ || held_ || round_alone_ || round_is_full()) return true;
  if (!dirty_.empty()) return !may_wait_for_more();
  // Only events that change no row of this view: nobody waits for their checkpoint, so it waits for company.
  if (!flush_armed_) {
    flush_armed_ = true;
    run_later(self_, flush_ms, [this] {
      flush_armed_ = false;
      flush();
    });
  }
  return false;
}

/// Under load a pause between writes, in which rows that change often change in memory alone. It is as long as the
/// store needs, so that a view that is hardly used is written at once; where people wait for writes there is none.
bool projection::may_wait_for_more() {
  const std::int64_t now = context_->time.steady_us();
  if (STELE_DISTURBED()) next_write_us_ = std::max(next_write_us_, now + pause_max_us);
  if (into_->is_waited_for()) no_pause_until_us_ = now + patience_us;
  if (now >= next_write_us_ || now < no_pause_until_us_) return false;
  if (!std::exchange(waking_, true))
    run_later(self_, (next_write_us_ - now + 999) / 1000, [this] {
      waking_ = false;
      advance();
    });
  return true;
}

void projection::begin_write() {
  view_write what;
  what.table = table_;
  writing_ = writing{table_.generation, round_, context_->time.steady_us(), {}};
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    const auto& it = shards_[shard];
    if (it.folded <= it.written) continue;
    what.moves.push_back({shard, it.written, it.folded});
    writing_->moves.push_back({what.moves.back(), it.epoch, {it.events, it.stored.rows}, 0, {}});
  }
  std::vector<pending_move*> by_shard(shards_.size());
  for (auto& move : writing_->moves) by_shard[move.move.shard] = &move;
  collect_rows(what, by_shard);
  ++round_;
  round_events_ = 0;
  round_alone_ = false;
  if (STELE_SABOTAGE(rows_told_before_commit)) settle(writing(*writing_), {});
  context_->views.write(std::move(what),
                        answer_in<std::vector<shard_number>>(self_, [this](stored<std::vector<shard_number>> refused) {
                          take_written(std::move(refused));
                        }));
}

void projection::collect_rows(view_write& what, std::vector<pending_move*>& by_shard) {
  std::vector<std::string> keys;
  for (auto& [key, shard] : dirty_) keys.push_back(std::move(key));
  dirty_.clear();
  for (const auto& row : into_->find(keys)) {
    auto* move = by_shard[row->shard]; // It is there: a row that is not written is never dropped for room.
    ++move->rows;
    move->key = std::get<std::string>(row->row->front());
    what.rows.push_back({row->shard, *row->row});
    if (!counting_) continue;
    move->then.rows.rows += row->stored_hash ? 0 : 1;
    move->then.rows.sum += row_hash(*row->row) - row->stored_hash.value_or(0);
  }
}

void projection::take_written(stored<std::vector<shard_number>> refused) {
  const writing write = std::move(*writing_);
  writing_.reset();
  const std::int64_t now = context_->time.steady_us();
  next_write_us_ = now + std::min(pauses_for_a_write * (now - write.begun_us), pause_max_us);
  written_round_ = write.round;
  if (refused)
    settle(write, *refused);
  else
    fail(write, refused.error());
  advance();
}

void projection::settle(const writing& write, const std::vector<shard_number>& refused) {
  std::vector<shard_progress> progress;
  std::vector<shard_number> again;
  for (const auto& [move, epoch, then, rows, key] : write.moves) {
    auto& shard = shards_[move.shard];
    const bool kept_out = std::find(refused.begin(), refused.end(), move.shard) != refused.end() &&
                          !STELE_SABOTAGE(row_count_of_rows_ignored);
    if (!kept_out) {
      shard.stored = then;
      context_->counters.rows_written.fetch_add(rows, std::memory_order_relaxed);
    }
    if (shard.epoch != epoch) continue; // Its memory was dropped meanwhile; its checkpoint is being read.
    if (kept_out) {
      again.push_back(move.shard);
      continue;
    }
    shard.written = move.to;
    shard.proven = true;
    if (shard.written >= shard.why.position) shard.attempts = 0;
    progress.push_back(progress_of(move.shard));
  }
  const bool waited_for = into_->written(write.round, progress);
  if (!again.empty()) {
    context_->counters.guard_refusals.fetch_add(again.size(), std::memory_order_relaxed);
    log(log_level::warning, "view " + table_.view + ": the checkpoints of " + std::to_string(again.size()) +
                                " shards are not where they were left; reading them again");
    reload(again, trouble_.stood_elsewhere("its checkpoints are not where they were left"));
  } else {
    trouble_.over();
  }
  owner_.moved(waited_for);
}

/// A row that the table does not take fails the whole write. From then on the events of these shards are folded and
/// written one at a time, until the write that fails tells which it is.
void projection::fail(const writing& write, const store_error& error) {
  if (error.fault == store_fault::conflict) return narrow_down(write, error);
  if (is_gone(write.generation, error)) {
    into_->written(write.round, {});
    return leave_table(error.what);
  }
  log(log_level::warning, "view " + table_.view + ": a write failed, reading again where it stands: " + error.what);
  std::vector<shard_number> again;
  for (const auto& [move, epoch, then, rows, key] : write.moves) {
    auto& shard = shards_[move.shard];
    if (error.fault == store_fault::unknown) {
      unsure_ = unsure_ || shard.unsure;
      shard.unsure = then;
      shard.unsure_to = move.to;
    }
    if (shard.epoch == epoch) again.push_back(move.shard);
  }
  into_->written(write.round, {});
  reload(again, trouble_.failed("a write failed: " + error.what));
}

/// Nothing was written, so checkpoints are where they were.
void projection::narrow_down(const writing& write, const store_error& error) {
  into_->written(write.round, {});
  std::vector<shard_number> dropped;
  const pending_move* wrong = nullptr;
  for (const auto& it : write.moves) {
    if (shards_[it.move.shard].epoch != it.epoch) continue;
    auto& shard = shards_[it.move.shard];
    dropped.push_back(it.move.shard);
    if (shard.now == phase::resting) shard.now = phase::following; // Its timer is void with its memory.
    if (it.rows == 0) continue;
    shard.suspect = std::max(shard.suspect, it.move.to);
    if (it.move.to == it.move.from + 1) wrong = &it;
  }
  const auto with_rows = std::count_if(write.moves.begin(), write.moves.end(), [](const auto& it) { return it.rows; });
  forget(dropped);
  if (wrong && with_rows == 1)
    rest_or_stop({wrong->move.shard, wrong->move.to, "its row " + wrong->key + " is not taken: " + error.what});
}

bool projection::is_gone(std::uint32_t generation, const store_error& error) const {
  return started_ && generation == table_.generation && error.fault == store_fault::fenced;
}

void projection::leave_table(const std::string& why) {
  started_ = false;
  std::vector<shard_number> left;
  for (shard_number shard = 0; shard < shards_.size(); ++shard)
    if (shards_[shard].now != phase::elsewhere) left.push_back(shard);
  forget(left);
  for (const auto shard : left) shards_[shard].now = phase::resting; // Without a timer: until `start`.
  owner_.table_gone(why);
}

void projection::reload(const std::vector<shard_number>& shards, std::int64_t pause_ms) {
  forget(shards);
  for (const auto shard : shards) shards_[shard].now = phase::reloading;
  if (pause_ms > 0)
    run_later(self_, pause_ms, [this] { read_checkpoints(); });
  else
    read_checkpoints();
}

void projection::forget(const std::vector<shard_number>& shards) {
  std::vector<shard_progress> progress;
  for (const auto shard : shards) {
    drop(shard);
    progress.push_back(progress_of(shard));
  }
  into_->drop(progress);
}

/// What is in memory of a shard is void.
void projection::drop(shard_number shard) {
  auto& it = shards_[shard];
  ++it.epoch;
  it.reading = it.proven = false;
  it.folded = it.written;
  it.events = it.stored.events;
  it.dirty_round = 0;
  it.feed.restart(it.written);
  std::erase_if(dirty_, [&](const auto& row) { return row.second == shard; });
}

void projection::read_checkpoints() {
  const auto wanted = [](const shard_state& it) { return it.now == phase::reloading; };
  if (reading_checkpoints_ || std::none_of(shards_.begin(), shards_.end(), wanted)) return;
  reading_checkpoints_ = true;
  std::vector<std::uint32_t> epochs;
  for (const auto& it : shards_) epochs.push_back(it.epoch);
  context_->views.checkpoints(table_,
                              answer_in<std::vector<shard_position>>(
                                  self_, [this, of = table_.generation, epochs = std::move(epochs)](auto checkpoints) {
                                    reading_checkpoints_ = false;
                                    if (!checkpoints && is_gone(of, checkpoints.error()))
                                      return leave_table(checkpoints.error().what);
                                    take_checkpoints(epochs, std::move(checkpoints));
                                  }));
}

void projection::take_checkpoints(const std::vector<std::uint32_t>& epochs,
                                  stored<std::vector<shard_position>> checkpoints) {
  if (!checkpoints) {
    const std::string why = "checkpoints could not be read: " + checkpoints.error().what;
    log(log_level::warning, "view " + table_.view + ": " + why + "; trying again");
    return run_later(self_, trouble_.failed(why), [this] { read_checkpoints(); });
  }
  std::vector<shard_progress> progress;
  for (shard_number shard = 0; shard < shards_.size(); ++shard) {
    if (shards_[shard].now != phase::reloading || shards_[shard].epoch != epochs[shard]) continue;
    begin_again(shard, (*checkpoints)[shard]);
    progress.push_back(progress_of(shard));
  }
  owner_.moved(into_->move(progress));
  read_checkpoints(); // Shards that were dropped while this was under way.
  advance();
}

void projection::begin_again(shard_number shard, shard_position checkpoint) {
  auto& it = shards_[shard];
  if (it.unsure && checkpoint == it.unsure_to) it.stored = *it.unsure;
  it.unsure.reset();
  it.now = phase::following;
  it.written = it.folded = checkpoint;
  it.events = it.stored.events;
  it.dirty_round = 0;
  it.proven = false;
  it.feed.restart(checkpoint);
}

} // namespace stele
