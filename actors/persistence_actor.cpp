#include "actors/persistence_actor.hpp"

#include "actors/log.hpp"
#include "actors/messages.hpp"
#include "actors/sabotage.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stele {

namespace {

std::shared_ptr<const refusal> no_effect(const store_error& why) {
  return std::make_shared<const refusal>(
      refusal{refusal_kind::unavailable, "unavailable", "Nothing was stored: " + why.what, {}});
}

std::string lane_text(std::uint32_t lane) { return "lane " + std::to_string(lane) + ": "; }

} // namespace

persistence_actor::persistence_actor(caf::actor_config& config, write_context_ptr context, std::uint32_t lane)
    : caf::event_based_actor(config), context_(std::move(context)), lane_(lane),
      waiting_(context_->parts.settings, context_->parts.events.identity().shards) {}

caf::behavior persistence_actor::make_behavior() {
  read_heads();
  return {[this](const inbox_filled&) { take_decisions(); },
          [this](const batch_ended& answer) {
            take_decisions();
            hear(answer);
          },
          [this](const batch_resolved& answer) { hear(answer); },
          [this](const heads_read& answer) { hear(answer); },
          [this](const lane_barrier& it) {
            if (!STELE_SABOTAGE(barrier_overtakes_decisions)) take_decisions();
            hear(it);
          },
          [this](const lane_retry& it) { hear(it); }};
}

void persistence_actor::on_exit() {
  come_.clear();
  context_->decisions[lane_].close();
  waiting_.clear();
  batch_ = {};
  barriers_.clear();
  context_.reset();
}

/// Before anything else is heard: a barrier and the end of a batch come after what was decided before them.
void persistence_actor::take_decisions() {
  context_->decisions[lane_].take(come_);
  for (submission_ptr& it : come_) take(std::move(it));
  come_.clear();
  if (phase_ == phase::idle) start_batch();
}

void persistence_actor::take(submission_ptr it) {
  if (it->is_void() && !STELE_SABOTAGE(decisions_on_lost_state_kept)) return;
  if (phase_ == phase::dead)
    return notify({it}, lane_notice::verdict::lost,
                  no_effect({store_fault::fenced, "this node does not own the shard any more"}));
  hear_of_arrival(it->stream->shard);
  waiting_.push(std::move(it));
}

void persistence_actor::hear_of_arrival(shard_number shard) {
  auto& arrived_at = context_->arrived_at[shard];
  if (arrived_at.load(std::memory_order_relaxed) != 0) waiting_.begin_at(shard, arrived_at.exchange(0));
}

void persistence_actor::hear(const batch_ended& answer) {
  if (answer.round != round_ || phase_ != phase::committing) return;
  const std::int64_t took = context_->parts.time.steady_us() - sent_us_;
  counters().commit_us.add(took > 0 ? static_cast<std::uint64_t>(took) : 0);
  if (*answer.how) return committed();
  const store_error& why = answer.how->error();
  const bool determinate = why.fault != store_fault::unknown && why.fault != store_fault::corrupt;
  if (determinate || !batch_.events || STELE_SABOTAGE(unknown_taken_as_lost)) return lost(why);
  counters().outcomes_unknown.fetch_add(1);
  log(log_level::warning, lane_text(lane_) + "the outcome of an append is unknown: " + why.what);
  phase_ = phase::resolving;
  pause_ms_ = 0;
  resolve();
}

/// The commit that runs is the timer: whatever came while it ran is the next batch.
void persistence_actor::start_batch() {
  phase_ = phase::idle;
  open_barriers();
  if (waiting_.empty()) return;
  batch_ = waiting_.pop();
  phase_ = phase::committing;
  sent_us_ = context_->parts.time.steady_us();
  if (batch_.events) {
    counters().batches.fetch_add(1, std::memory_order_relaxed);
    counters().batch_events.add(batch_.events->size());
  }
  send_batch();
}

void persistence_actor::hear(const lane_barrier& it) {
  barriers_.push_back(it);
  if (phase_ == phase::idle || phase_ == phase::dead) open_barriers();
}

/// Between two batches.
void persistence_actor::open_barriers() {
  std::erase_if(barriers_, [this](const lane_barrier& it) {
    if (waiting_.has_events_of(it.shard)) return false;
    (*it.quiet)();
    return true;
  });
}

void persistence_actor::send_batch() {
  auto reply = [self = caf::actor_cast<caf::actor>(this), context = context_,
                round = ++round_](stored<stele::done> how) {
    caf::anon_send(self, batch_ended{round, std::make_shared<const stored<stele::done>>(std::move(how))});
  };
  if (batch_.events && STELE_SABOTAGE(events_told_before_commit))
    for (const caf::actor& projector : context_->parts.projectors)
      caf::anon_send(projector, committed_events{batch_.events});
  if (batch_.events)
    context_->parts.events.append(lane_, batch_.events, std::move(reply));
  else
    context_->parts.events.fence(lane_, std::move(reply));
}

void persistence_actor::committed() {
  if (std::exchange(failing_, false)) log(log_level::info, lane_text(lane_) + "the store takes batches again");
  for (const submission_ptr& it : batch_.submissions)
    if (it->stores != 0) context_->parts.heads.advance(it->stream->shard, it->position);
  const lane_batch done = std::exchange(batch_, {});
  start_batch();
  if (done.events)
    for (const caf::actor& projector : context_->parts.projectors)
      caf::anon_send(projector, committed_events{done.events});
  notify(done.submissions, lane_notice::verdict::committed, nullptr);
}

/// Nothing of the batch was stored, nor will be. With it falls whatever was decided on it.
void persistence_actor::lost(const store_error& why) {
  counters().batches_failed.fetch_add(1);
  if (!std::exchange(failing_, true)) // Once: under load a full disk fails a thousand times a second.
    log(log_level::error, lane_text(lane_) + "a batch was not stored: " + why.what);
  const lane_batch fallen = std::exchange(batch_, {});
  notify(fallen.submissions, lane_notice::verdict::lost, no_effect(why));
  waiting_.lose(fallen);
  if (why.fault == store_fault::fenced) return die(why);
  if (why.fault != store_fault::conflict) return start_batch();
  counters().alarms.fetch_add(1);
  log(log_level::error, lane_text(lane_) + "what the store holds is not what this node remembers; it is read again");
  read_heads();
}

/// Tells each stream once, naming its last submission of these: the earlier ones ended the same way.
void persistence_actor::notify(const std::vector<submission_ptr>& of, lane_notice::verdict how,
                               std::shared_ptr<const refusal> why) {
  ++notices_;
  for (auto it = of.rbegin(); it != of.rend(); ++it) {
    live_stream& stream = *(*it)->stream;
    (*it)->notifies = std::exchange(stream.noticed, notices_) != notices_;
    if (how == lane_notice::verdict::lost) stream.lost_generation = std::max(stream.lost_generation, (*it)->generation);
  }
  for (const submission_ptr& it : of)
    if (it->notifies) caf::anon_send(it->stream->actor, aggregate_mail{lane_notice{how, it, why}});
}

} // namespace stele
