// The door of the write side: how many commands are on their way, and when the last one has left.
#pragma once

#include "actors/clock.hpp"
#include "actors/command.hpp"
#include "actors/counters.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace stele {

/// Admits commands up to a limit and counts them out as they are answered. Safe from any thread.
class admission {
public:
  admission(node_counters& counters, clock& time, std::size_t in_flight_max);

  /// True when `it` is admitted; else it has been answered: `overloaded` beyond the limit, `unavailable` once closed.
  bool admit(command& it);

  /// Counts a result and the time it took. Called by `settle`, before the answer.
  void record(const command& it, const command_outcome& outcome);

  /// The last thing done for an admitted command.
  void leave();

  /// Admits no more; calls `empty` when everything admitted has left, perhaps at once. May be called again.
  void close(std::function<void()> empty);

  bool closed() const { return (in_flight_.load() & closed_bit) != 0; }

private:
  static constexpr std::uint64_t closed_bit = std::uint64_t{1} << 63;

  struct waiting_calls {
    std::mutex guard;
    std::vector<std::function<void()>> calls;
  };

  node_counters& counters_;
  clock& time_;
  const std::uint64_t in_flight_max_;
  std::atomic<std::uint64_t> in_flight_{0}; ///< One word with the closed bit: the last to leave must not look twice.
  std::shared_ptr<waiting_calls> waiting_ = std::make_shared<waiting_calls>();
};

} // namespace stele
