#include "actors/shard_region.hpp"

#include "actors/aggregate_actor.hpp"
#include "actors/disturbance.hpp"
#include "actors/log.hpp"
#include "actors/sabotage.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <chrono>

namespace stele {

namespace {

constexpr auto tick_every = std::chrono::seconds(1);
constexpr auto unowned_tick_every = std::chrono::milliseconds(20);
constexpr int looks_per_wake = 16; ///< Streams looked at for room when one wakes: two go for each that comes, and more.
constexpr int looks_per_tick = 4096;

/// What another node says that does not own the shard, or is ending: nothing was done there, nor will be.
constexpr const char* moved_code = "moved";

bool is_worth_another_node(const refusal& why) {
  return why.kind == refusal_kind::unavailable &&
         (why.code == moved_code || why.code == "fenced" || why.code == "closing");
}

} // namespace

shard_region::shard_region(caf::actor_config& config, write_context_ptr context)
    : caf::event_based_actor(config), context_(std::move(context)), shards_(context_->parts.shards.size()) {}

caf::behavior shard_region::make_behavior() {
  now_ms_ = static_cast<std::uint32_t>(context_->parts.time.steady_us() / 1000);
  tick_again();
  return {[this](const inbox_filled&) { take_commands(); },
          [this](const stream_notice& notice) { hear(notice); },
          [this](const command_returned& back) { hear(back); },
          [this](const shard_leaves& it) { hear(it); },
          [this](const shard_moved& it) {
            if (const auto waiting = unowned_.find(it.shard); waiting != unowned_.end())
              work_off(it.shard, waiting->second);
          },
          [this](const region_tick& tick) { hear(tick); }};
}

void shard_region::on_exit() {
  for (const stream_set& streams : shards_)
    for (const live_stream_ptr& stream : streams) caf::anon_send_exit(stream->actor, caf::exit_reason::user_shutdown);
  by_use_.clear();
  shards_.clear();
  going_.clear();
  leaving_.clear();
  unowned_.clear();
  come_.clear();
  context_->commands.close();
  context_.reset();
}

void shard_region::take_commands() {
  context_->commands.take(come_);
  for (const command_ptr& it : come_) take(it);
  come_.clear();
}

void shard_region::take(const command_ptr& it) {
  const shard_number shard = shard_of(it->stream_id, context_->parts.shards.size());
  const auto waiting = unowned_.find(shard);
  if (waiting != unowned_.end() && !waiting->second.empty()) return keep_unowned(shard, it); // Behind those that wait.
  route(shard, context_->parts.shards.owner(shard), it);
}

void shard_region::route(shard_number shard, node_number owner, const command_ptr& it) {
  if (owner == 0) return keep_unowned(shard, it);
  const bool is_mine = owner == context_->parts.shards.me() || (it->forwarded && STELE_SABOTAGE(forwarded_to_anyone));
  if (is_mine) return deliver(shard, it);
  if (it->forwarded) return refuse(*it, refusal_kind::unavailable, moved_code, "Another node owns the shard.");
  forward(owner, it);
}

void shard_region::forward(node_number owner, const command_ptr& it) {
  context_->parts.counters.commands_forwarded.fetch_add(1, std::memory_order_relaxed);
  context_->parts.peers->forward(
      owner, it, [region = context_->region, it](std::variant<command_outcome, link_fault> how) {
        caf::anon_send(region, command_returned{it, std::make_shared<const decltype(how)>(std::move(how))});
      });
}

/// What was refused because the shard has moved, or was never sent, goes to whoever owns the shard by then. So does
/// what was lost on the way, but from then on no "no" is final: the first attempt may still happen.
void shard_region::hear(const command_returned& back) {
  const command_ptr& it = back.it;
  if (const auto* outcome = std::get_if<command_outcome>(back.how.get())) {
    const auto* why = std::get_if<refusal>(outcome);
    if (!why || !is_worth_another_node(*why)) return settle(*it, *outcome);
  } else if (std::get<link_fault>(*back.how) == link_fault::lost) {
    it->perhaps_done = !STELE_SABOTAGE(lost_taken_as_not_sent);
  }
  keep_unowned(shard_of(it->stream_id, context_->parts.shards.size()), it);
}

void shard_region::keep_unowned(shard_number shard, const command_ptr& it) {
  if (unowned_count_ >= settings().unowned_max)
    return refuse(*it, refusal_kind::overloaded, "overloaded",
                  "The shard has no known owner and too many commands wait; nothing was done, try again.");
  ++unowned_count_;
  if (!std::exchange(looking_after_unowned_, true)) delayed_send(this, unowned_tick_every, region_tick{true});
  unowned_[shard].push(it);
}

void shard_region::look_after_unowned() {
  for (auto at = unowned_.begin(); at != unowned_.end();) {
    work_off(at->first, at->second);
    at = at->second.empty() ? unowned_.erase(at) : std::next(at);
  }
  looking_after_unowned_ = unowned_count_ != 0;
  if (looking_after_unowned_) delayed_send(this, unowned_tick_every, region_tick{true});
}

/// All of a shard go at once, so that none overtakes another.
void shard_region::work_off(shard_number shard, fifo<command_ptr>& waiting) {
  unowned_count_ -= waiting.size();
  drop_overdue(waiting);
  if (const node_number owner = context_->parts.shards.owner(shard); owner != 0)
    while (!waiting.empty()) route(shard, owner, waiting.pop());
  unowned_count_ += waiting.size();
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
  const auto found = shards_[shard].find(std::string_view(it->stream_id));
  const bool is_new = found == shards_[shard].end();
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
  shards_[shard].insert(stream);
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
  if (notice.what == stream_notice::word::died) return bury(stream);
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
    if (going_.count(stream.shard) != 0) insist(stream); // After what it has to do.
    return;
  }
  shards_[stream.shard].erase(notice.stream);
  while (!waiting.empty()) route(stream.shard, context_->parts.shards.owner(stream.shard), waiting.pop());
  finish_leaving(stream.shard);
}

void shard_region::ask_to_go(live_stream& stream) {
  by_use_.erase(by_use_.iterator_to(stream));
  stream.retiring = true;
  stream.leaving_bytes = stream.bytes.load(std::memory_order_relaxed);
  leaving_bytes_ += stream.leaving_bytes;
  caf::anon_send(stream.actor, aggregate_mail{retire{}});
}

/// One that was asked already answers soon, and is asked again if it stays.
void shard_region::hear(const shard_leaves& it) {
  going_[it.shard] = it;
  for (const live_stream_ptr& stream : shards_[it.shard])
    if (!stream->retiring) insist(*stream);
  finish_leaving(it.shard);
}

/// It finishes what is in its mailbox and goes.
void shard_region::insist(live_stream& stream) {
  by_use_.erase(by_use_.iterator_to(stream));
  stream.retiring = true;
  stream.leaving_bytes = 0;
  caf::anon_send(stream.actor, aggregate_mail{retire{false}});
}

void shard_region::finish_leaving(shard_number shard) {
  const auto going = going_.find(shard);
  if (going == going_.end() || !shards_[shard].empty()) return;
  const auto left = going->second.left; // Each has gone with nothing of it on its way; who died, after that.
  going_.erase(going);
  (*left)();
}

/// What a dead aggregate decided may still be on its way to the disk: its successor loads after that, and what comes
/// meanwhile waits.
void shard_region::bury(live_stream& stream) {
  if (!stream.retiring) {
    by_use_.erase(by_use_.iterator_to(stream));
    stream.retiring = true;
    stream.leaving_bytes = 0;
  }
  auto gone = [region = context_->region, it = live_stream_ptr(&stream)] {
    caf::anon_send(region, stream_notice{stream_notice::word::retired, it});
  };
  if (STELE_SABOTAGE(successor_of_the_dead_loads_at_once)) return gone();
  caf::anon_send(context_->lane_of(stream.shard),
                 lane_barrier{stream.shard, std::make_shared<const std::function<void()>>(std::move(gone))});
}

/// Retires from the end while all live aggregates together hold more than their budget. One used since it was last
/// looked at gets a second chance, so that using a stream costs no more than a mark.
void shard_region::keep_budget(int looks) {
  const counter& live = context_->parts.counters.aggregates_live_bytes;
  for (; looks > 0 && by_use_.size() > 1; --looks) {
    if (live.load(std::memory_order_relaxed) <= settings().live_bytes_max + leaving_bytes_ && !STELE_DISTURBED())
      return;
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
