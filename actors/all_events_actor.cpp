#include "actors/all_events_actor.hpp"

#include "actors/continuation.hpp"

#include <algorithm>
#include <utility>

namespace stele {

namespace {

constexpr std::size_t reads_max = 4;       ///< Under way at a time; other places wait for their turn.
constexpr std::size_t passed_max = 10'000; ///< Events read for one request in vain, before it is told how far.
constexpr std::int64_t look_pause_ms_max = 500;

} // namespace

all_events_actor::all_events_actor(caf::actor_config& config, std::shared_ptr<all_events_context> context)
    : caf::event_based_actor(config), context_(std::move(context)),
      lanes_(std::max(1U, context_->events.identity().lanes)), shards_(context_->events.identity().shards) {}

caf::behavior all_events_actor::make_behavior() {
  return {[this](const follow& it) {
            if (const lifetime_gate::pass inside(context_->gate); inside) take(it.it);
          },
          [this](const committed_events& it) {
            if (const lifetime_gate::pass inside(context_->gate); inside) hear(it);
          },
          [this](const remote_commits& it) {
            if (const lifetime_gate::pass inside(context_->gate); inside) hear(it);
          },
          [this](const forget_follower& it) {
            if (const lifetime_gate::pass inside(context_->gate); inside) drop(it.number);
          },
          [this](const no_more_following& it) {
            if (const lifetime_gate::pass inside(context_->gate); inside) close(it);
          },
          [this](const continuation& next) {
            const lifetime_gate::pass inside(context_->gate);
            if (!inside) return;
            (*next.run)();
            finish_closing();
          }};
}

void all_events_actor::on_exit() {
  const refusal closing{refusal_kind::unavailable, "closing", "The node is closing; ask another one.", {}};
  for (auto& [after, at] : places_)
    for (auto* some : {&at.waiting, &at.reading})
      for (const follower_ptr& it : *some) it->it.answer(closing);
  places_.clear();
  closers_.clear();
}

void all_events_actor::take(const follower_ptr& it) {
  const std::uint64_t after = it->it.after;
  const bool at_the_end = end_ == after && !is_held_back(after);
  if (at_the_end && !is_late(*it)) return park(it, commits_);
  places_[after].waiting.push_back(it);
  want_read(after);
}

void all_events_actor::hear(const committed_events& committed) {
  if (committed.events->empty()) return;
  const recorded_event& last = committed.events->back();
  lanes_[last.shard % lanes_.size()] = {last.shard, last.position, 0, false};
  wake_waiting();
}

void all_events_actor::hear(const remote_commits& committed) {
  bool news = false;
  for (const auto& [shard, head] : committed.heads) {
    if (shard >= shards_.size() || head <= shards_[shard].position) continue;
    shards_[shard] = {shard, head, 0, false};
    news = true;
  }
  if (news) wake_waiting();
}

void all_events_actor::wake_waiting() {
  ++commits_;
  looks_ = 0;
  for (const std::uint64_t after : places_with_waiting()) want_read(after);
}

void all_events_actor::drop(std::uint64_t number) {
  const auto is_it = [number](const follower_ptr& it) { return it->number == number; };
  for (auto& [after, at] : places_)
    for (auto* some : {&at.waiting, &at.reading}) {
      const auto found = std::find_if(some->begin(), some->end(), is_it);
      if (found == some->end()) continue;
      some->erase(found);
      context_->counters.followers.fetch_sub(1);
      if (at.is_idle()) places_.erase(after);
      return;
    }
}

std::vector<std::uint64_t> all_events_actor::places_with_waiting() const {
  std::vector<std::uint64_t> found;
  for (const auto& [after, at] : places_)
    if (!at.waiting.empty()) found.push_back(after);
  return found;
}

void all_events_actor::close(const no_more_following& it) {
  closers_.push_back(it);
  closing_ = true;
  for (const std::uint64_t after : places_with_waiting()) want_read(after);
  finish_closing();
}

void all_events_actor::finish_closing() {
  if (closers_.empty() || !places_.empty()) return;
  for (const auto& it : std::exchange(closers_, {})) (*it.finished)();
}

/// A place whose read is out is read for once more when that has ended.
void all_events_actor::want_read(std::uint64_t after) {
  place& at = places_[after];
  if (at.out) at.again = true;
  if (at.out || at.queued) return;
  at.queued = true;
  queue_.push_back(after);
  read_next();
}

void all_events_actor::read_next() {
  while (reads_ < reads_max && !queue_.empty()) {
    const std::uint64_t after = queue_.front();
    queue_.pop_front();
    place& at = places_[after];
    at.queued = false;
    if (at.waiting.empty())
      places_.erase(after);
    else
      read_page(after, at);
  }
}

void all_events_actor::read_page(std::uint64_t after, place& at) {
  page_read read{after, 1, commits_};
  for (const follower_ptr& it : at.waiting)
    read.limit = std::max(read.limit, it->it.aggregate.empty() ? it->it.limit : context_->page_max);
  at.reading = std::exchange(at.waiting, {});
  at.out = true;
  ++reads_;
  context_->events.read_all(
      after, read.limit, answer_in<events>(this, [this, read](const stored<events>& page) { take_page(read, page); }));
}

void all_events_actor::take_page(const page_read& read, const stored<events>& page) {
  --reads_;
  place& at = places_[read.after];
  at.out = false;
  const auto followers = std::exchange(at.reading, {});
  if (std::exchange(at.again, false)) want_read(read.after);
  if (page) note(read, *page);
  for (const follower_ptr& it : followers) {
    if (page)
      go_on(it, read, *page);
    else
      answer(*it, refusal{refusal_kind::unavailable, "unavailable", page.error().what, {}});
  }
  // Going on may have forgotten the place already.
  if (const auto here = places_.find(read.after); here != places_.end() && here->second.is_idle()) places_.erase(here);
  read_next();
}

void all_events_actor::go_on(const follower_ptr& it, const page_read& read, const events& page) {
  if (serve(*it, read, page)) return;
  const std::uint64_t after = page.empty() ? read.after : page.back().global_position;
  it->it.after = after;
  it->passed += page.size();
  const bool more = page.size() == read.limit;
  if (more ? it->passed >= passed_max : is_late(*it)) return answer(*it, event_page{{}, after, more});
  if (!more) return park(it, read.commits);
  places_[after].waiting.push_back(it);
  want_read(after);
}

/// True when the page has something for it.
bool all_events_actor::serve(follower& it, const page_read& read, const events& page) {
  event_page found;
  found.more = page.size() == read.limit;
  for (const recorded_event& event : page) {
    if (found.events.size() == it.it.limit) {
      found.more = true;
      break;
    }
    found.next = event.global_position;
    if (it.it.aggregate.empty() || it.it.aggregate == aggregate_of(event.stream_id)) found.events.push_back(event);
  }
  if (found.events.empty()) return false;
  answer(it, std::move(found));
  return true;
}

void all_events_actor::park(const follower_ptr& it, std::uint64_t commits) {
  const std::uint64_t after = it->it.after;
  places_[after].waiting.push_back(it);
  sweep_by(it->deadline_us);
  if (commits != commits_) return want_read(after); // Something was committed while it was read for.
  if (is_held_back(after)) look_again_later();
}

bool all_events_actor::is_late(const follower& it) const {
  return closing_ || context_->time.steady_us() >= it.deadline_us;
}

void all_events_actor::answer(follower& it, std::variant<event_page, refusal> outcome) {
  context_->counters.followers.fetch_sub(1);
  it.it.answer(std::move(outcome));
}

/// One timer, for the nearest deadline; one that was set for a later time is not heard.
void all_events_actor::sweep_by(std::int64_t deadline_us) {
  if (sweep_us_ && *sweep_us_ <= deadline_us) return;
  sweep_us_ = deadline_us;
  const std::int64_t pause_us = std::max<std::int64_t>(0, deadline_us - context_->time.steady_us());
  run_later(this, (pause_us + 999) / 1000, [this, deadline_us] {
    if (sweep_us_ == deadline_us) sweep();
  });
}

/// Who is late is answered from one more read: other nodes may have written.
void all_events_actor::sweep() {
  sweep_us_.reset();
  std::vector<std::uint64_t> late;
  for (const auto& [after, at] : places_)
    for (const follower_ptr& it : at.waiting) {
      if (is_late(*it))
        late.push_back(after);
      else
        sweep_by(it->deadline_us);
    }
  for (const std::uint64_t after : late) want_read(after);
}

void all_events_actor::note(const page_read& read, const events& page) {
  for (const recorded_event& event : page) {
    if (event.shard >= shards_.size()) continue; // Of nobody who keeps the rules; it is handed on all the same.
    for (last_commit* last : {&lanes_[event.shard % lanes_.size()], &shards_[event.shard]})
      if (last->shard == event.shard && last->position == event.position) last->global_position = event.global_position;
  }
  if (page.size() < read.limit) end_ = page.empty() ? read.after : page.back().global_position;
}

/// True while something that was committed may come after `after` and is not shown yet.
bool all_events_actor::is_held_back(std::uint64_t after) const {
  const auto may_come = [after](const last_commit& it) {
    return it.position != 0 && (it.global_position == 0 || it.global_position > after);
  };
  return std::any_of(lanes_.begin(), lanes_.end(), may_come) || std::any_of(shards_.begin(), shards_.end(), may_come);
}

void all_events_actor::look_again_later() {
  for (auto* lasts : {&lanes_, &shards_})
    for (last_commit& it : *lasts)
      if (it.position != 0 && it.global_position == 0 && !it.looked_for) look_for(it);
  if (std::exchange(looking_, true)) return;
  const std::int64_t pause_ms = std::min(std::int64_t{1} << std::min(looks_++, 20U), look_pause_ms_max);
  run_later(this, pause_ms, [this] { look_again(); });
}

void all_events_actor::look_again() {
  looking_ = false;
  std::vector<std::uint64_t> held_back;
  for (const auto& [after, at] : places_)
    if (!at.waiting.empty() && is_held_back(after)) held_back.push_back(after);
  for (const std::uint64_t after : held_back) want_read(after);
}

/// Its shard shows it at once, and with it its place in the whole log: a follower that stands there misses nothing.
void all_events_actor::look_for(last_commit& it) {
  it.looked_for = true;
  auto take = [this, shard = it.shard, position = it.position](const stored<events>& found) {
    for (last_commit* last : {&lanes_[shard % lanes_.size()], &shards_[shard]}) {
      if (last->shard != shard || last->position != position) continue; // There is a later one by now.
      last->looked_for = false;
      if (found && !found->empty()) last->global_position = found->front().global_position;
    }
  };
  context_->events.read_shard(it.shard, it.position - 1, 1, answer_in<events>(this, std::move(take)));
}

} // namespace stele
