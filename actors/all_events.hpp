// Everything that is stored, in one order: a page of it after a place, and the wait for what comes next.
#pragma once

#include "actors/clock.hpp"
#include "actors/counters.hpp"
#include "actors/refusal.hpp"
#include "actors/settings.hpp"
#include "persistence/event_store.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// Events by ascending global position. Positions may have gaps; none is ever filled later.
struct event_page {
  std::vector<recorded_event> events;
  std::uint64_t next = 0; ///< Where to go on: `after` of the next request.
  bool more = false;      ///< There is more to read at once: the page ended at a limit.
};

/// A request for events after a global position. Answered at once when there are some, else parked: until there are
/// some, or until `wait_ms` is over, with an empty page.
struct events_request {
  std::uint64_t after = 0;
  std::size_t limit = 100;  ///< At most `events_page_max` of the settings.
  std::int64_t wait_ms = 0; ///< At most `query_wait_ms_max` of the settings.
  std::string aggregate;    ///< Only events of this one, as `order`; empty: all.

  /// Called exactly once, unless the request is forgotten; from any thread; must not block.
  std::function<void(std::variant<event_page, refusal>)> answer;
};

/// All of it outlives `all_events`.
struct all_events_parts {
  caf::actor_system& system;
  event_store& events;
  const actor_settings& settings;
  clock& time;
  node_counters& counters;
};

/// Hands out the log of the whole store. Calls may come from any thread and return at once.
///
/// A parked request is woken by the commits of this node, and reads the store; nothing polls. Where the store shows an
/// event only some time after its commit (it holds back what an open transaction could still come before), it is read
/// again, with growing pauses, until it does. What other nodes wrote is found at the end of the wait.
class all_events {
public:
  explicit all_events(all_events_parts parts);
  ~all_events(); ///< Parked requests are answered with `unavailable`.
  all_events(const all_events&) = delete;
  all_events& operator=(const all_events&) = delete;

  /// Refused at once with `overloaded` when `followers_max` requests are open. Returns what to `forget` it by.
  std::uint64_t ask(events_request it);

  /// Its caller is gone: it is dropped, and not answered unless it is being answered now.
  void forget(std::uint64_t request);

  const caf::actor& listener() const; ///< Wants `committed_events`.

  /// Other nodes have committed so far.
  void hear(std::vector<std::pair<shard_number, shard_position>> heads);

  /// Parks no more. Calls `finished` once every open request has been answered with what there is.
  void drain(std::function<void()> finished);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
