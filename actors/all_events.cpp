#include "actors/all_events.hpp"

#include "actors/all_events_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace stele {

struct all_events::parts {
  explicit parts(const all_events_parts& given)
      : settings(given.settings), time(given.time), counters(given.counters),
        context(new all_events_context{given.events, given.settings.events_page_max, given.time, given.counters, {}}),
        actor(given.system.spawn<all_events_actor>(context)) {}

  ~parts() {
    context->gate.close();
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  /// A place among the open requests; false when there is none.
  bool enter() {
    if (counters.followers.fetch_add(1) < settings.followers_max) return true;
    counters.followers.fetch_sub(1);
    counters.followers_shed.fetch_add(1, std::memory_order_relaxed);
    return false;
  }

  const actor_settings& settings;
  clock& time;
  node_counters& counters;
  std::shared_ptr<all_events_context> context;
  caf::actor actor;
  std::atomic<std::uint64_t> last_request{0};
};

all_events::all_events(all_events_parts parts) : parts_(std::make_unique<struct parts>(parts)) {}
all_events::~all_events() = default;

std::uint64_t all_events::ask(events_request it) {
  const std::uint64_t number = ++parts_->last_request;
  const actor_settings& settings = parts_->settings;
  if (!parts_->enter()) {
    it.answer(refusal{refusal_kind::overloaded,
                      "too_many_followers",
                      "At most " + std::to_string(settings.followers_max) +
                          " requests for events may be open; try again shortly.",
                      {}});
    return number;
  }
  it.limit = std::clamp<std::size_t>(it.limit, 1, settings.events_page_max);
  const std::int64_t wait_ms = std::clamp<std::int64_t>(it.wait_ms, 0, settings.query_wait_ms_max);
  const std::int64_t deadline_us = parts_->time.steady_us() + wait_ms * 1000;
  caf::anon_send(parts_->actor, follow{std::make_shared<follower>(follower{number, deadline_us, 0, std::move(it)})});
  return number;
}

void all_events::hear(std::vector<std::pair<shard_number, shard_position>> heads) {
  caf::anon_send(parts_->actor, remote_commits{std::move(heads)});
}

void all_events::forget(std::uint64_t request) { caf::anon_send(parts_->actor, forget_follower{request}); }

const caf::actor& all_events::listener() const { return parts_->actor; }

void all_events::drain(std::function<void()> finished) {
  caf::anon_send(parts_->actor, no_more_following{std::make_shared<const std::function<void()>>(std::move(finished))});
}

} // namespace stele
