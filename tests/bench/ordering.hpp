// Callers of the order service: each creates an order, adds three items to it, and begins anew.
#pragma once

#include "tests/bench/bench_node.hpp"
#include "tests/bench/closed_loop.hpp"

namespace bench {

inline stele::command_ptr next_of_caller(std::size_t caller, std::size_t nth) {
  auto id = std::to_string(caller) + "." + std::to_string(nth / 4);
  return nth % 4 == 0 ? make_command(std::move(id), "create_order", create_body(caller))
                      : make_command(std::move(id), "add_order_item", add_body);
}

/// Sends a command; it is right when it is accepted.
inline void submit(shop& to, stele::command_ptr it, closed_loop::ticket ticket) {
  it->answer = [ticket](const stele::command_outcome& outcome) {
    ticket.done(std::holds_alternative<stele::acceptance>(outcome));
  };
  to.node().submit(std::move(it));
}

inline closed_loop::work ordering(shop& to) {
  return [&to](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    submit(to, next_of_caller(caller, nth), ticket);
  };
}

/// What a node did while callers were measured.
struct node_tally : tally {
  double mean_batch = 1; ///< Events in a transaction.
};

/// Runs callers against a node and reads its counters at both ends of what is measured.
inline node_tally run_on(shop& it, std::size_t callers, closed_loop::work work, double warm, double seconds) {
  std::uint64_t batches = 0, events = 0;
  const auto& counters = it.counters();
  closed_loop loop(callers, std::move(work));
  node_tally all;
  static_cast<tally&>(all) = loop.run(
      warm, seconds,
      [&] {
        batches = counters.batches;
        events = counters.batch_events.sum;
      },
      [&] {
        batches = counters.batches - batches;
        events = counters.batch_events.sum - events;
      });
  if (batches > 0) all.mean_batch = static_cast<double>(events) / static_cast<double>(batches);
  return all;
}

} // namespace bench
