// What CAF itself gives: requests and their responses between two actors of one process.
#pragma once

#include "tests/bench/bench_node.hpp"
#include "tests/bench/closed_loop.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace bench {

/// Requests a second from one actor to another, so many under way, none with a time-out.
inline double bare_requests(std::size_t window, double warm, double seconds) {
  caf::actor_system_config options;
  options.set("scheduler.policy", caf::atom("sharing")); // The faster of its own here.
  options.set("scheduler.max-threads", std::max(2U, std::thread::hardware_concurrency()) - 1); // As the node.
  options.set("scheduler.max-throughput", std::size_t{300});
  caf::actor_system system(options);
  std::atomic<std::uint64_t> answered{0};
  std::atomic<bool> stop{false};
  std::promise<void> ended;
  const auto server =
      system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](std::uint64_t it) { return it + 1; }}; });
  system.spawn([&, window, open = window](caf::event_based_actor* self) mutable -> caf::behavior {
    // Each answer sends the next request; the function outlives the actor's messages with its state.
    auto ask = std::make_shared<std::function<void()>>();
    auto left = std::make_shared<std::size_t>(open);
    *ask = [&, self, left, again = std::weak_ptr<std::function<void()>>(ask)] {
      self->request(server, caf::infinite, std::uint64_t{1}).then([&, left, keep = again.lock()](std::uint64_t) {
        answered.fetch_add(1, std::memory_order_relaxed);
        if (!stop) return (*keep)();
        if (--*left == 0) ended.set_value();
      });
    };
    for (std::size_t i = 0; i < window; ++i) (*ask)();
    return {[](caf::unit_t) {}};
  });
  auto end = ended.get_future();
  end.wait_for(std::chrono::duration<double>(warm));
  const auto before = answered.load();
  const auto begin = steady::now();
  end.wait_for(std::chrono::duration<double>(seconds));
  const double rate = static_cast<double>(answered - before) / seconds_since(begin);
  stop = true;
  end.wait();
  return rate;
}

} // namespace bench
