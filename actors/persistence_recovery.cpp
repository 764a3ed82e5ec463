// What a lane does when it does not know: heads at the start, outcomes nobody could tell, and its own death.
#include "actors/log.hpp"
#include "actors/persistence_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <chrono>

namespace stele {

namespace {

constexpr std::int64_t pause_max_ms = 2000;

} // namespace

void persistence_actor::read_heads() {
  phase_ = phase::opening;
  const std::uint32_t lanes = context_->parts.events.identity().lanes;
  for (shard_number shard = lane_; shard < context_->arrived_at.size(); shard += lanes)
    context_->arrived_at[shard] = 0; // What has come until now will be read.
  context_->parts.events.heads([self = caf::actor_cast<caf::actor>(this), context = context_,
                                round = ++round_](stored<std::vector<shard_position>> heads) {
    caf::anon_send(self, heads_read{round, std::make_shared<decltype(heads)>(std::move(heads))});
  });
}

void persistence_actor::hear(const heads_read& answer) {
  if (answer.round != round_ || phase_ != phase::opening) return;
  const auto& heads = *answer.heads;
  if (!heads) {
    log(log_level::warning, "lane " + std::to_string(lane_) + ": the heads can't be read: " + heads.error().what);
    return retry_later();
  }
  pause_ms_ = 0;
  waiting_.begin_at(*heads);
  const std::uint32_t lanes = context_->parts.events.identity().lanes;
  for (shard_number shard = lane_; shard < heads->size(); shard += lanes) {
    hear_of_arrival(shard); // It may have come after the heads were read.
    context_->parts.heads.advance(shard, (*heads)[shard]);
  }
  if (!std::exchange(opened_, true)) ++context_->lanes_open;
  start_batch();
}

void persistence_actor::resolve() {
  context_->parts.events.resolve(
      lane_, batch_.events,
      [self = caf::actor_cast<caf::actor>(this), context = context_, round = ++round_](stored<bool> answer) {
        caf::anon_send(self, batch_resolved{round, std::make_shared<const stored<bool>>(std::move(answer))});
      });
}

void persistence_actor::hear(const batch_resolved& answer) {
  if (answer.round != round_ || phase_ != phase::resolving) return;
  const stored<bool>& found = *answer.stored_after_all;
  if (found && *found) return committed();
  if (found) return lost({store_fault::unavailable, "an append had failed; the store holds nothing of it"});
  if (found.error().fault == store_fault::fenced) return lost(found.error());
  log(log_level::warning, "lane " + std::to_string(lane_) + ": an outcome is still unknown: " + found.error().what);
  std::vector<submission_ptr> all = batch_.submissions, rest = waiting_.all();
  all.insert(all.end(), rest.begin(), rest.end());
  notify(all, lane_notice::verdict::undecided, nullptr);
  retry_later();
}

void persistence_actor::retry_later() {
  pause_ms_ = pause_ms_ == 0 ? context_->parts.settings.resolve_backoff_ms : std::min(pause_ms_ * 2, pause_max_ms);
  delayed_send(this, std::chrono::milliseconds(pause_ms_), lane_retry{round_});
}

void persistence_actor::hear(const lane_retry& it) {
  if (it.round != round_) return;
  if (phase_ == phase::resolving) resolve();
  if (phase_ == phase::opening) read_heads();
}

void persistence_actor::die(const store_error& why) {
  phase_ = phase::dead;
  context_->parts.counters.lanes_fenced.fetch_add(1, std::memory_order_relaxed);
  if (!context_->fenced.exchange(true) && context_->parts.fenced) context_->parts.fenced(why.what);
  log(log_level::error, "lane " + std::to_string(lane_) + ": this node owns nothing any more: " + why.what);
  const std::vector<submission_ptr> rest = waiting_.all();
  waiting_.clear();
  open_barriers();
  notify(rest, lane_notice::verdict::lost,
         std::make_shared<const refusal>(refusal{
             refusal_kind::unavailable, "fenced", "This node does not own the shard any more; nothing was done.", {}}));
}

} // namespace stele
