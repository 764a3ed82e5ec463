#include "actors/rebuild.hpp"

#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/projector.hpp"

#include <caf/send.hpp>

namespace stele {

namespace {

template <class F>
void tell(const caf::actor& serving, F what) {
  caf::anon_send(serving, projector_call{std::make_shared<const std::function<void(projector&)>>(std::move(what))});
}

} // namespace

rebuild_actor::rebuild_actor(caf::actor_config& config, read_context_ptr context, std::size_t view, view_table next,
                             caf::actor serving)
    : caf::event_based_actor(config), context_(std::move(context)), serving_view_(context_->served[view]),
      rows_(std::make_shared<served_view>(serving_view_->type(), view, context_->events.identity().shards,
                                          context_->settings.row_cache_rows_max)),
      next_(std::move(next)), serving_(std::move(serving)),
      projection_(make_projection(this, context_, rows_, true,
                                  {[this](bool) { moved(); },
                                   [this](const stopped_shard& why) {
                                     fail("shard " + std::to_string(why.shard) + ", position " +
                                              std::to_string(why.position) + ": " + why.reason,
                                          true);
                                   },
                                   [this](const std::string& why) { fail("its table is gone: " + why); }})) {}

caf::behavior rebuild_actor::make_behavior() {
  if (const lifetime_gate::pass inside(context_->gate); inside) start();
  return {[this](const committed_events& committed) {
            if (const lifetime_gate::pass inside(context_->gate); inside) projection_->hand_over(committed.events);
          },
          [this](const continuation& next) {
            if (const lifetime_gate::pass inside(context_->gate); inside) (*next.run)();
          },
          [this](const rebuild_call& call) {
            if (const lifetime_gate::pass inside(context_->gate); inside) (*call.run)(*this);
          }};
}

void rebuild_actor::start() {
  began_us_ = context_->time.steady_us();
  context_->events.heads(answer_in<std::vector<shard_position>>(this, [this](auto heads) {
    if (!heads) return fail("the heads of the log could not be read: " + heads.error().what);
    targets_ = std::move(*heads);
    projection_->start(next_, std::vector<shard_position>(targets_.size(), 0));
    projection_->hear(targets_);
    moved(); // An empty log is folded already.
  }));
}

void rebuild_actor::finish_at(std::vector<shard_position> targets) {
  targets_ = std::move(targets);
  stage_ = stage::finishing;
  moved();
}

void rebuild_actor::moved() {
  show_progress();
  // Not at once: the projection is in the middle of telling.
  anon_send(this, continuation{std::make_shared<std::function<void()>>([this] { step(); })});
}

void rebuild_actor::step() {
  if (!projection_->started()) return;
  if (stage_ == stage::catching_up && projection_->folded_past(targets_)) {
    stage_ = stage::settling;
    projection_->hold();
    projection_->flush();
  }
  if (stage_ == stage::settling && projection_->idle()) check();
  if (stage_ == stage::following && nearly_there()) {
    stage_ = stage::finished; // Until it is told where to stop.
    tell(serving_, [generation = next_.generation](projector& serving) { serving.rebuild_caught_up(generation); });
  }
  if (stage_ != stage::finishing) return;
  if (!projection_->reached(targets_)) return projection_->flush();
  projection_->hold();
  projection_->flush();
  if (!projection_->idle()) return;
  stage_ = stage::finished;
  const rebuild_result result{projection_->at_rest(), projection_->events_folded(),
                              projection_->tally().value_or(counted_).rows.rows,
                              (context_->time.steady_us() - began_us_) / 1000};
  tell(serving_, [result](projector& serving) { serving.rebuild_reached(result); });
}

void rebuild_actor::check() {
  const auto counted = projection_->tally();
  if (!counted) return fail("a write had an unknown outcome, so its rows can't be counted; rebuild once more");
  if (counted->events != projection_->events_folded())
    return fail("it should hold " + std::to_string(projection_->events_folded()) + " events, " +
                std::to_string(counted->events) + " were folded");
  stage_ = stage::checking;
  counted_ = *counted;
  context_->views.table_checksum(
      next_, answer_in<view_store::checksum>(this, [this](auto found) { take_checksum(std::move(found)); }));
}

void rebuild_actor::take_checksum(stored<view_store::checksum> found) {
  if (!found) return fail("its table could not be read: " + found.error().what);
  if (!(*found == counted_.rows))
    return fail("its table should hold " + std::to_string(counted_.rows.rows) + " rows with checksum " +
                std::to_string(counted_.rows.sum) + ", found " + std::to_string(found->rows) + " rows with checksum " +
                std::to_string(found->sum));
  stage_ = stage::following;
  projection_->release();
  moved();
}

void rebuild_actor::show_progress() {
  rebuild_progress progress;
  progress.events_done = projection_->events_folded();
  progress.events_total = projection_->events_known();
  progress.trouble = projection_->trouble();
  const double seconds = static_cast<double>(context_->time.steady_us() - began_us_) / 1e6;
  if (seconds > 0) progress.events_per_second = static_cast<double>(progress.events_done) / seconds;
  const auto left = static_cast<double>(progress.events_total - progress.events_done);
  if (progress.events_per_second > 0)
    progress.seconds_left = static_cast<std::int64_t>(left / progress.events_per_second);
  serving_view_->show(progress);
}

void rebuild_actor::fail(const std::string& why, bool for_good) {
  stage_ = stage::finished;
  projection_->hold();
  tell(serving_, [why, for_good, generation = next_.generation](projector& serving) {
    serving.rebuild_failed(generation, why, for_good);
  });
}

bool rebuild_actor::nearly_there() const {
  return projection_->events_known() - projection_->events_folded() <= context_->settings.fold_events_max;
}

} // namespace stele
