#include "actors/shard_region.hpp"

#include "actors/aggregate_actor.hpp"
#include "actors/log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <chrono>

namespace stele {

namespace {

constexpr auto tick_every = std::chrono::seconds(1);
constexpr auto unowned_tick_every = std::chrono::milliseconds(20);
constexpr int looks_per_wake = 16; ///< Streams looked at for room when one wakes: two go for each that comes, and more.
constexpr int looks_per_tick = 4096;

} // namespace

shard_region::shard_region(caf::actor_config& config, write_context_ptr context)
    : caf::event_based_actor(config), context_(std::move(context)) {}

caf::behavior shard_region::make_behavior() {
  now_ms_ = static_cast<std::uint32_t>(context_->parts.time.steady_us() / 1000);
  tick_again();
  return {[this](const command_ptr& it) { hear(it); }, [this](const stream_notice& notice) { hear(notice); },
          [this](const region_tick& tick) { hear(tick); }};
}

void shard_region::on_exit() {
  for (const live_stream_ptr& stream : streams_) caf::anon_send_exit(stream->actor, caf::exit_reason::user_shutdown);
  by_use_.clear();
  streams_.clear();
  leaving_.clear();
  unowned_.clear();
  context_.reset();
}

void shard_region::hear(const command_ptr& it) {
  const shard_number shard = shard_of(it->stream_id, context_->parts.events.identity().shards);
  if (unowned_.count(shard) != 0) return keep_unowned(shard, it); // Behind those that wait already.
  if (const auto owner = context_->parts.peers.owner(shard)) return route(shard, *owner, it);
  keep_unowned(shard, it);
}

void shard_region::route(shard_number shard, const node_name& owner, const command_ptr& it) {
  if (owner.empty())
    deliver(shard, it);
  else
    context_->parts.peers.forward(owner, it);
}

void shard_region::keep_unowned(shard_number shard, const command_ptr& it) {
  if (unowned_count_ >= settings().unowned_max)
    return refuse(*it, refusal_kind::overloaded, "overloaded",
                  "The shard has no known owner and too many commands wait; nothing was done, try again.");
  if (unowned_count_++ == 0) delayed_send(this, unowned_tick_every, region_tick{true});
  unowned_[shard].push(it);
}

/// All of a shard go at once, so that none overtakes another.
void shard_region::look_after_unowned() {
  for (auto at = unowned_.begin(); at != unowned_.end();) {
    fifo<command_ptr>& waiting = at->second;
    if (const auto owner = context_->parts.peers.owner(at->first)) {
      unowned_count_ -= waiting.size();
      while (!waiting.empty()) route(at->first, *owner, waiting.pop());
    } else {
      unowned_count_ -= waiting.size();
      drop_overdue(waiting);
      unowned_count_ += waiting.size();
    }
    at = waiting.empty() ? unowned_.erase(at) : std::next(at);
  }
  if (unowned_count_ != 0) delayed_send(this, unowned_tick_every, region_tick{true});
}

void shard_region::drop_overdue(fifo<command_ptr>& waiting) const {
  const unix_ms now = context_->parts.time.now();
  waiting.filter([now](const command_ptr& it) {
    if (it->deadline == 0 || now <= it->deadline) return true;
    refuse(*it, refusal_kind::overloaded, "deadline_passed",
           "The shard had no known owner until the deadline; nothing was done, try again.");
    return false;
  });
}

void shard_region::deliver(shard_number shard, const command_ptr& it) {
  const auto found = streams_.find(std::string_view(it->stream_id));
  const bool is_new = found == streams_.end();
  live_stream& stream = is_new ? wake(shard, it->stream_id) : **found;
  stream.touched = true;
  stream.used_ms = now_ms_;
  if (stream.retiring)
    buffer(stream, it);
  else
    caf::anon_send(stream.actor, aggregate_mail{it});
  if (is_new) keep_budget(looks_per_wake);
}

live_stream& shard_region::wake(shard_number shard, const std::string& stream_id) {
  const aggregate_type& type = *context_->parts.hosted.aggregate(aggregate_of(stream_id));
  live_stream_ptr stream(new live_stream(stream_id, shard, type));
  stream->actor = home_system().spawn<aggregate_actor, caf::lazy_init>(context_, stream);
  streams_.insert(stream);
  by_use_.push_front(*stream);
  return *stream;
}

void shard_region::buffer(live_stream& stream, const command_ptr& it) {
  fifo<command_ptr>& waiting = leaving_[&stream];
  if (waiting.size() < settings().stash_max) return waiting.push(it);
  refuse(*it, refusal_kind::overloaded, "overloaded",
         "Too many commands wait for `" + stream.id + "`; nothing was done, try again.");
}

void shard_region::hear(const stream_notice& notice) {
  live_stream& stream = *notice.stream;
  auto waiting = std::move(leaving_[&stream]);
  leaving_.erase(&stream);
  if (stream.retiring)
    leaving_bytes_ -= stream.leaving_bytes;
  else
    by_use_.erase(by_use_.iterator_to(stream));
  stream.retiring = false;
  if (notice.what == stream_notice::word::busy) {
    by_use_.push_front(stream);
    while (!waiting.empty()) caf::anon_send(stream.actor, aggregate_mail{waiting.pop()});
    return;
  }
  streams_.erase(notice.stream);
  while (!waiting.empty()) deliver(stream.shard, waiting.pop());
}

void shard_region::ask_to_go(live_stream& stream) {
  by_use_.erase(by_use_.iterator_to(stream));
  stream.retiring = true;
  stream.leaving_bytes = stream.bytes.load(std::memory_order_relaxed);
  leaving_bytes_ += stream.leaving_bytes;
  caf::anon_send(stream.actor, aggregate_mail{retire{}});
}

/// Retires from the end while all live aggregates together hold more than their budget. One used since it was last
/// looked at gets a second chance, so that using a stream costs no more than a mark.
void shard_region::keep_budget(int looks) {
  const counter& live = context_->parts.counters.aggregates_live_bytes;
  for (; looks > 0 && by_use_.size() > 1; --looks) {
    if (live.load(std::memory_order_relaxed) <= settings().live_bytes_max + leaving_bytes_) return;
    live_stream& last = by_use_.back();
    if (last.touched)
      give_second_chance(last);
    else
      ask_to_go(last);
  }
}

void shard_region::give_second_chance(live_stream& stream) {
  stream.touched = false;
  by_use_.erase(by_use_.iterator_to(stream));
  by_use_.push_front(stream);
}

void shard_region::retire_idle() {
  for (int looks = looks_per_tick; looks > 0 && !by_use_.empty(); --looks) {
    live_stream& last = by_use_.back();
    if (last.touched)
      give_second_chance(last);
    else if (now_ms_ - last.used_ms >= settings().idle_ms)
      ask_to_go(last);
    else
      return;
  }
}

void shard_region::hear(const region_tick& tick) {
  if (tick.only_unowned) return look_after_unowned();
  now_ms_ = static_cast<std::uint32_t>(context_->parts.time.steady_us() / 1000);
  retire_idle();
  keep_budget(looks_per_tick);
  tick_again();
}

void shard_region::tick_again() { delayed_send(this, tick_every, region_tick{}); }

} // namespace stele
