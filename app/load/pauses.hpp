// The longest time without any accepted command: what an outage is to those who write.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stele::load {

/// Of one group of clients, between two moments of the steady clock.
class longest_pause {
public:
  void begin(std::int64_t ns) { last_ns_ = ns; }

  /// Moments may come a little out of order, and before the begin.
  void accepted(std::int64_t ns) {
    if (ns <= last_ns_) return;
    longest_ns_ = std::max(longest_ns_, ns - last_ns_);
    last_ns_ = ns;
  }

  void end(std::int64_t ns) { accepted(ns); }

  std::int64_t ns() const { return longest_ns_; }

private:
  std::int64_t last_ns_ = 0, longest_ns_ = 0;
};

/// Of all clients, and of those of each node.
struct pauses {
  longest_pause overall;
  std::vector<longest_pause> by_node;
  std::uint64_t commands = 0; ///< Accepted between begin and end; with none there is nothing to say.
};

} // namespace stele::load
