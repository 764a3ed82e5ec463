#include "actors/continuation.hpp"
#include "actors/keyed_projection.hpp"
#include "actors/log.hpp"

#include <algorithm>
#include <utility>

namespace stele {

namespace {

constexpr std::size_t reads_max = 8;

} // namespace

void keyed_projection::drop() {
  ++epoch_;
  step_.reset();
  rows_.clear();
  for (auto& it : shards_) it.folded = it.written;
}

/// Memory is wrong, or may be: back to what the store says.
void keyed_projection::reload(std::int64_t pause_ms) {
  drop();
  now_ = phase::locating;
  if (pause_ms > 0)
    run_later(self_, pause_ms, unless_dropped([this] { read_checkpoints(); }));
  else
    read_checkpoints();
}

void keyed_projection::read_checkpoints() {
  using positions = std::vector<shard_position>;
  context_->views.checkpoints(
      table_,
      answer_in<positions>(self_, unless_dropped([this](stored<positions> checkpoints) {
                             if (checkpoints) return begin_again(*checkpoints);
                             if (checkpoints.error().fault == store_fault::fenced)
                               return leave_table(checkpoints.error().what);
                             const std::string why = "checkpoints could not be read: " + checkpoints.error().what;
                             log(log_level::warning, "view " + table_.view + ": " + why + "; trying again");
                             run_later(self_, trouble_.failed(why), unless_dropped([this] { read_checkpoints(); }));
                           })));
}

void keyed_projection::begin_again(const std::vector<shard_position>& checkpoints) {
  const auto it = std::find_if(unsure_.begin(), unsure_.end(), [&](const auto& one) { return one.to == checkpoints; });
  if (it != unsure_.end()) stored_ = it->then; // That write was done after all.
  tally_ = stored_;
  for (shard_number shard = 0; shard < shards_.size(); ++shard)
    shards_[shard].written = shards_[shard].folded = checkpoints[shard];
  passed_ = 0;
  now_ = phase::locating;
  locating_ = {};
  locate();
}

/// The checkpoints name the last event of each shard; the greatest of their global positions is where it stands.
void keyed_projection::locate() {
  for (; locating_.next < shards_.size() && locating_.out < reads_max; ++locating_.next) {
    const shard_number shard = locating_.next;
    if (shards_[shard].written == 0) continue;
    ++locating_.out;
    context_->events.read_shard(shard, shards_[shard].written - 1, 1,
                                answer_in<std::vector<recorded_event>>(
                                    self_, unless_dropped([this, shard](stored<std::vector<recorded_event>> found) {
                                      take_located(shard, std::move(found));
                                    })));
  }
  if (locating_.out == 0) finish_locating();
}

void keyed_projection::take_located(shard_number shard, stored<std::vector<recorded_event>> found) {
  --locating_.out;
  const auto position = shards_[shard].written;
  if (!found)
    locating_.unreadable = found.error().what;
  else if (found->empty() || found->front().position != position)
    locating_.wrong =
        poison_event{shard, position,
                     "it holds the event at position " + std::to_string(position) + " of shard " +
                         std::to_string(shard) + ", which is not in the log; rebuild the view, and run `stele verify`"};
  else
    locating_.place = std::max(locating_.place, found->front().global_position);
  locate();
}

void keyed_projection::finish_locating() {
  if (locating_.unreadable) {
    const std::string why = "its place in the log could not be read: " + *locating_.unreadable;
    log(log_level::warning, "view " + table_.view + ": " + why + "; trying again");
    return reload(trouble_.failed(why));
  }
  if (locating_.wrong) {
    const auto& wrong = *locating_.wrong;
    for (auto& it : shards_)
      it.written = it.folded = 0; // Nothing it holds is worth anything: a rebuild may replace it.
    why_ = {wrong.shard, wrong.position, wrong.reason};
    return stop();
  }
  place_ = locating_.place;
  now_ = phase::following;
  held_back_ = false;
  announce();
  advance();
}

} // namespace stele
