#include "actors/continuation.hpp"
#include "actors/keyed_projection.hpp"
#include "actors/log.hpp"
#include "actors/sabotage.hpp"

#include <algorithm>
#include <utility>

namespace stele {

namespace {

constexpr std::int64_t flush_ms = 1000; ///< How long checkpoints may wait when no row changed.

} // namespace

/// Rows are written in the step that folded them; here it is about checkpoints alone.
bool keyed_projection::must_write() {
  if (!is_unwritten()) {
    passed_ = 0;
    flushing_ = false;
    return false;
  }
  if (flushing_ || passed_ >= context_->settings.fold_events_max) return true;
  if (!flush_armed_) {
    flush_armed_ = true;
    run_later(self_, flush_ms, [this] {
      flush_armed_ = false;
      flush();
    });
  }
  return false;
}

void keyed_projection::write() {
  view_write what;
  what.table = table_;
  what.together = true;
  for (shard_number shard = 0; shard < shards_.size(); ++shard)
    if (shards_[shard].folded > shards_[shard].written)
      what.moves.push_back({shard, shards_[shard].written, shards_[shard].folded});
  if (step_)
    for (const auto& [key, row] : step_->rows) {
      what.rows.push_back({what.moves.front().shard, *row.after}); // Any of them will do: all move, or none.
      if (!counting_) continue;
      tally_.rows.rows += row.before ? 0 : 1;
      tally_.rows.sum += row_hash(*row.after) - (row.before ? row_hash(*row.before) : 0);
    }
  writing_ = true;
  using shards = std::vector<shard_number>;
  context_->views.write(std::move(what),
                        answer_in<shards>(self_, [this, into = table_.generation](stored<shards> refused) {
                          writing_ = false;
                          if (into != table_.generation) return advance(); // That table was left meanwhile.
                          take_written(std::move(refused));
                        }));
}

void keyed_projection::take_written(stored<std::vector<shard_number>> refused) {
  if (!refused) return fail(refused.error());
  if (refused->empty() || STELE_SABOTAGE(refusal_of_keyed_rows_ignored)) return keep_written();
  context_->counters.guard_refusals.fetch_add(refused->size(), std::memory_order_relaxed);
  log(log_level::warning, "view " + table_.view + ": its checkpoints are not where they were left; reading them again");
  reload(trouble_.stood_elsewhere("its checkpoints are not where they were left"));
}

void keyed_projection::keep_written() {
  for (auto& it : shards_) it.written = it.folded;
  if (shards_[why_.shard].written >= why_.position) attempts_ = 0;
  stored_ = tally_;
  unsure_.clear(); // None of them can happen any more: the checkpoints have moved on.
  flushing_ = false;
  passed_ = 0;
  if (!step_) {
    trouble_.over();
    owner_.moved(false);
    return advance();
  }
  context_->counters.rows_written.fetch_add(step_->rows.size(), std::memory_order_relaxed);
  for (auto& [key, row] : step_->rows) rows_.put(key, {std::move(row.after), 0, 0, std::nullopt});
  end_step();
}

/// Nothing was written. The events of the step are folded and written one at a time from now on, until the write that
/// fails tells which it is.
void keyed_projection::narrow_down(const store_error& error) {
  if (step_->events.size() > 1) {
    suspects_ = 0;
    for (const auto& it : shards_) suspects_ += it.folded - it.written; // They are read again from the checkpoints on.
    return reload(0);
  }
  const auto& event = step_->events.front();
  suspects_ = 1;
  if (try_again(
          {event.shard, event.position, "its row " + step_->rows.begin()->first + " is not taken: " + error.what}))
    return reload(poison_pause());
  drop();
  stop();
}

void keyed_projection::fail(const store_error& error) {
  if (error.fault == store_fault::conflict && step_) return narrow_down(error);
  if (error.fault == store_fault::fenced) return leave_table(error.what);
  log(log_level::warning, "view " + table_.view + ": a write failed, reading again where it stands: " + error.what);
  if (error.fault == store_fault::unknown) {
    unsure_write it{{}, tally_};
    for (const auto& shard : shards_) it.to.push_back(shard.folded);
    unsure_.push_back(std::move(it));
  }
  reload(trouble_.failed("a write failed: " + error.what));
}

void keyed_projection::leave_table(const std::string& why) {
  drop();
  started_ = false;
  now_ = phase::resting; // Without a timer: until `start`.
  owner_.table_gone(why);
}

void keyed_projection::end_step() {
  const auto poison = std::move(step_->poison);
  suspects_ -= std::min(suspects_, step_->events.size());
  step_.reset();
  stepped_us_ = context_->time.steady_us();
  trouble_.over();
  if (poison) rest_or_stop(*poison);
  announce();
  advance();
}

} // namespace stele
