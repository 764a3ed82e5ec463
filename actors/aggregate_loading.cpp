// How an aggregate gets its state from the store, and leaves snapshots there.
#include "actors/aggregate_actor.hpp"
#include "actors/log.hpp"
#include "actors/sabotage.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stele {

namespace {

constexpr std::int64_t pause_max_ms = 60'000;

} // namespace

/// Loads the stream for the commands in the stash, or refuses them while a broken stream rests.
void aggregate_actor::wake() {
  if (!trouble_ || context_->parts.time.steady_us() >= trouble_->retry_at_us) return load();
  refuse_stash(refusal_kind::internal, "broken_stream", trouble_->reason);
}

void aggregate_actor::load() {
  phase_ = phase::loading;
  busy().folded = 0;
  context_->parts.events.recover(
      stream_->id, settings().recover_events_max,
      [self = stream_->actor, context = context_, ticket = ++ticket_](stored<recovered_stream> found) {
        caf::anon_send(self,
                       aggregate_mail{stream_recovered{ticket, std::make_shared<decltype(found)>(std::move(found))}});
      });
}

void aggregate_actor::hear(const stream_recovered& answer) {
  if (answer.ticket != ticket_ || phase_ != phase::loading) return;
  if (!*answer.found) return load_failed(answer.found->error());
  const recovered_stream& found = **answer.found;
  auto restored = found.base ? aggregate_memory::restore(type(), *found.base) : std::nullopt;
  memory_ = restored ? std::move(*restored) : aggregate_memory::empty(type());
  if (found.base && !restored) {
    log(log_level::info,
        "the snapshot of " + stream_->id + " is of another description; its stream is read from the start");
    context_->parts.snapshots.drop_snapshot(stream_->id, [context = context_](stored<stele::done>) {});
    return read_page();
  }
  if (!replay(found.tail)) return;
  if (found.more) return read_page();
  loaded();
}

void aggregate_actor::read_page() {
  context_->parts.events.read_stream(
      stream_->id, memory_.version, settings().recover_events_max,
      [self = stream_->actor, context = context_, ticket = ++ticket_](stored<std::vector<recorded_event>> found) {
        caf::anon_send(self, aggregate_mail{stream_page{ticket, std::make_shared<decltype(found)>(std::move(found))}});
      });
}

void aggregate_actor::hear(const stream_page& answer) {
  if (answer.ticket != ticket_ || phase_ != phase::loading) return;
  const auto& found = *answer.found;
  if (!found) return load_failed(found.error());
  if (!replay(*found)) return;
  if (found->size() >= settings().recover_events_max) return read_page();
  loaded();
}

/// False when the load has failed.
bool aggregate_actor::replay(const std::vector<recorded_event>& events) {
  for (const recorded_event& event : events)
    if (auto folded = memory_.replay(type(), event, settings().command_window); !folded) {
      load_failed(folded.error());
      return false;
    }
  busy().folded += events.size();
  return true;
}

void aggregate_actor::loaded() {
  trouble_.reset();
  phase_ = phase::ready;
  context_->parts.counters.aggregates_loaded.fetch_add(1, std::memory_order_relaxed);
  publish_bytes();
  const bool was_slow = settings().slow_load_events != 0 && busy().folded >= settings().slow_load_events;
  if (was_slow) save(memory_.take_snapshot(type(), stream_->id));
  work_off_stash();
}

void aggregate_actor::load_failed(const store_error& error) {
  forget();
  if (error.fault != store_fault::corrupt)
    return refuse_stash(refusal_kind::unavailable, "unavailable",
                        "`" + stream_->id + "` can't be loaded: " + error.what);
  const std::int64_t pause = trouble_ ? std::min(trouble_->pause_ms * 2, pause_max_ms) : settings().broken_backoff_ms;
  trouble_ = std::make_unique<trouble>(trouble{"`" + stream_->id + "` can't be loaded: " + error.what,
                                               context_->parts.time.steady_us() + pause * 1000, pause});
  log(log_level::error, trouble_->reason);
  refuse_stash(refusal_kind::internal, "broken_stream", trouble_->reason);
}

void aggregate_actor::refuse_stash(refusal_kind kind, const std::string& code, const std::string& message) {
  while (!busy().stash.empty()) refuse(*busy().stash.pop(), kind, code, message);
}

/// After a decision: keeps a snapshot for the moment this version is durable, if one is due.
void aggregate_actor::hold_snapshot() {
  const std::uint32_t every = settings().snapshot_events;
  if (every == 0 || memory_.version - memory_.snapshot_version < every || busy().held) return;
  if (STELE_SABOTAGE(snapshot_before_commit)) return save(memory_.take_snapshot(type(), stream_->id));
  auto held = std::make_unique<held_snapshot>();
  held->taken = {stream_->id, memory_.version, 0, type().description_hash(), type().encode(*memory_.state), {}};
  held->window = memory_.window;
  work_->held = std::move(held);
}

/// The held version has just become durable.
void aggregate_actor::save_held() {
  const auto held = std::exchange(work_->held, nullptr);
  held->taken.position = memory_.position;
  held->taken.window = held->window.encode();
  save(std::move(held->taken));
}

void aggregate_actor::save(snapshot it) {
  memory_.snapshot_version = it.version;
  context_->parts.snapshots.save_snapshot(std::move(it), [context = context_](stored<stele::done> saved) {
    if (saved) context->parts.counters.snapshots_saved.fetch_add(1, std::memory_order_relaxed);
  });
}

} // namespace stele
