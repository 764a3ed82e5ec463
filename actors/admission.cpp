#include "actors/admission.hpp"

#include <utility>

namespace stele {

namespace {

void add_one(counter& to) { to.fetch_add(1, std::memory_order_relaxed); }

counter& counter_of(node_counters& counters, const command_outcome& outcome) {
  if (const auto* yes = std::get_if<acceptance>(&outcome)) {
    if (yes->repeated) return counters.commands_repeated;
    return yes->changed ? counters.commands_accepted : counters.commands_unchanged;
  }
  switch (std::get<refusal>(outcome).kind) {
  case refusal_kind::overloaded:
  case refusal_kind::client_limit:
    return counters.commands_shed;
  case refusal_kind::unavailable:
  case refusal_kind::internal:
    return counters.commands_failed;
  case refusal_kind::outcome_unknown:
    return counters.commands_unknown;
  default:
    return counters.commands_refused;
  }
}

} // namespace

admission::admission(node_counters& counters, clock& time, std::size_t in_flight_max)
    : counters_(counters), time_(time), in_flight_max_(in_flight_max) {}

bool admission::admit(command& it) {
  const std::uint64_t before = in_flight_.fetch_add(1);
  if (before < in_flight_max_) {
    it.admitted = this;
    it.admitted_us = time_.steady_us();
    counters_.commands_in_flight.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  if (before & closed_bit) {
    add_one(counters_.commands_failed);
    refuse(it, refusal_kind::unavailable, "closing", "The node is closing; nothing was done, send it to another one.");
  } else {
    add_one(counters_.commands_shed);
    refuse(it, refusal_kind::overloaded, "overloaded", "Too many commands are in flight; nothing was done, try again.");
  }
  leave();
  return false;
}

void admission::record(const command& it, const command_outcome& outcome) {
  add_one(counter_of(counters_, outcome));
  const std::int64_t took = time_.steady_us() - it.admitted_us;
  counters_.command_us.add(took > 0 ? static_cast<std::uint64_t>(took) : 0);
  counters_.commands_in_flight.fetch_sub(1, std::memory_order_relaxed);
}

void admission::leave() {
  if (in_flight_.fetch_sub(1) != (closed_bit | 1)) return; // Not the last: the admission may be gone by now.
  const std::shared_ptr<waiting_calls> waiting = waiting_;
  std::vector<std::function<void()>> calls;
  {
    std::lock_guard lock(waiting->guard);
    calls = std::exchange(waiting->calls, {});
  }
  for (const auto& call : calls) call();
}

void admission::close(std::function<void()> empty) {
  {
    std::lock_guard lock(waiting_->guard);
    waiting_->calls.push_back(std::move(empty));
  }
  in_flight_.fetch_add(1); // The caller counts as one until the bit is set, so that it can be the last to leave.
  in_flight_.fetch_or(closed_bit);
  leave();
}

} // namespace stele
