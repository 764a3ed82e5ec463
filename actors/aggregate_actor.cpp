#include "actors/aggregate_actor.hpp"

#include "actors/log.hpp"

#include <caf/send.hpp>

namespace stele {

namespace {

/// What a live aggregate takes beside its state: actor, handler, mailbox, its place in the region.
constexpr std::uint32_t actor_bytes = 1500;

} // namespace

aggregate_actor::aggregate_actor(caf::actor_config& config, write_context_ptr context, live_stream_ptr stream)
    : caf::event_based_actor(config), context_(std::move(context)), stream_(std::move(stream)) {
  context_->parts.counters.aggregates_live.fetch_add(1, std::memory_order_relaxed);
  publish_bytes();
}

/// A behavior of its own would cost each aggregate a hundred bytes: all share one that knows no message, and a handler
/// for messages that are not known gets them.
caf::behavior aggregate_actor::make_behavior() {
  static const caf::behavior shared{[](caf::unit_t) {}};
  set_default_handler([](caf::scheduled_actor* self, caf::message_view& mail) -> caf::result<caf::message> {
    if (!mail.content().match_elements<aggregate_mail>()) return caf::print_and_drop(self, mail);
    static_cast<aggregate_actor*>(self)->take_mail(mail.content().get_as<aggregate_mail>(0));
    return caf::delegated<caf::message>{}; // Nobody waits for an answer.
  });
  return shared;
}

void aggregate_actor::take_mail(const aggregate_mail& mail) {
  std::visit([this](const auto& what) { hear(what); }, mail.what);
  if (work_ && work_->idle()) work_.reset();
  if (told_to_go_ && !retired_ && may_go()) go();
}

void aggregate_actor::on_exit() {
  if (!context_) return;
  node_counters& counters = context_->parts.counters;
  counters.aggregates_live.fetch_sub(1, std::memory_order_relaxed);
  counters.aggregates_live_bytes.fetch_sub(stream_->bytes.exchange(0), std::memory_order_relaxed);
  if (!retired_ && !context_->stopping) {
    log(log_level::error, "aggregate " + stream_->id + " died; it is loaded anew by its next command");
    caf::anon_send(context_->region, stream_notice{stream_notice::word::died, stream_});
  }
  work_.reset();
  memory_ = {};
  stream_.reset();
  context_.reset();
}

void aggregate_actor::hear(const command_ptr& it) {
  if (phase_ == phase::ready) return take(it);
  if (busy().stash.size() >= settings().stash_max)
    return refuse(*it, refusal_kind::overloaded, "overloaded",
                  "Too many commands wait for `" + stream_->id + "` to be loaded; nothing was done, try again.");
  busy().stash.push(it);
  if (phase_ == phase::asleep) wake();
}

void aggregate_actor::hear(const retire& it) {
  told_to_go_ = !it.told_once;
  if (told_to_go_) return; // When its mail has been dealt with.
  if (may_go()) return go();
  caf::anon_send(context_->region, stream_notice{stream_notice::word::busy, stream_});
}

void aggregate_actor::go() {
  caf::anon_send(context_->region, stream_notice{stream_notice::word::retired, stream_});
  retired_ = true;
  context_->parts.counters.aggregates_retired.fetch_add(1, std::memory_order_relaxed);
  quit();
}

void aggregate_actor::hear(const lane_notice& notice) {
  if (notice.last->generation != generation_) return; // Of a state that is gone: it has been answered.
  switch (notice.how) {
  case lane_notice::verdict::committed:
    return committed(notice.last);
  case lane_notice::verdict::lost:
    return lost(*notice.why);
  case lane_notice::verdict::undecided:
    return tell_overdue();
  }
}

void aggregate_actor::committed(const submission_ptr& last) {
  for (bool more = has_pending(); more;) {
    const submission_ptr it = work_->pending.pop();
    confirm(*it);
    more = it != last && has_pending();
  }
  if (phase_ != phase::clearing || has_pending()) return;
  forget();
  work_off_stash();
}

void aggregate_actor::confirm(submission& it) {
  if (it.position != 0) {
    memory_.position = it.position;
    memory_.window.confirm(it.command->command_id, it.position);
    if (work_->held) work_->held->window.confirm(it.command->command_id, it.position);
  }
  if (auto* yes = std::get_if<acceptance>(&it.outcome))
    yes->position = it.first ? it.first->position : memory_.position;
  settle(*it.command, it.outcome);
  if (work_->held && work_->held->taken.version == it.version) save_held();
}

void aggregate_actor::lost(const refusal& why) {
  context_->parts.counters.rollbacks.fetch_add(1, std::memory_order_relaxed);
  ++generation_;
  fifo<submission_ptr> pending = std::move(busy().pending);
  work_->pending.clear();
  work_->held.reset();
  if (command_ptr it = std::exchange(work_->looked_up, nullptr)) work_->stash.push_front(std::move(it));
  forget();
  for (const submission_ptr& it : pending) settle(*it->command, why);
  work_off_stash();
}

void aggregate_actor::tell_overdue() {
  const unix_ms now = context_->parts.time.now();
  for (const submission_ptr& it : busy().pending)
    if (it->command->deadline != 0 && now > it->command->deadline)
      refuse(*it->command, refusal_kind::outcome_unknown, "outcome_unknown",
             "The store has not said yet whether this command was done; send it again with the same command id.");
}

/// After the state was dropped, or has become usable again.
void aggregate_actor::work_off_stash() {
  while (phase_ == phase::ready && work_ && !work_->stash.empty()) take(work_->stash.pop());
  if (phase_ == phase::asleep && work_ && !work_->stash.empty()) wake();
}

/// Drops the state; the next command loads the stream.
void aggregate_actor::forget() {
  ++ticket_;
  memory_ = {};
  phase_ = phase::asleep;
  publish_bytes();
}

void aggregate_actor::publish_bytes() {
  const std::size_t state = memory_.state ? type().footprint(*memory_.state) : 0;
  const auto bytes = static_cast<std::uint32_t>(actor_bytes + state + memory_.window.bytes());
  const std::uint32_t before = stream_->bytes.load(std::memory_order_relaxed);
  if (bytes == before) return;
  stream_->bytes.store(bytes, std::memory_order_relaxed);
  context_->parts.counters.aggregates_live_bytes.fetch_add(std::uint64_t{bytes} - before, std::memory_order_relaxed);
}

aggregate_actor::work& aggregate_actor::busy() {
  if (!work_) work_ = std::make_unique<work>();
  return *work_;
}

} // namespace stele
