// Holds what callers were told against what the node's log says.
#pragma once

#include "tests/drills/load.hpp"

#include <deque>
#include <set>
#include <string>
#include <vector>

namespace drill {

/// What a check looked at.
struct checked {
  std::uint64_t orders = 0, events = 0, commands = 0;
};

/// Reads the history of each order of `orders` from the node at `port`, and of each its row. Says in `broken`:
/// an acknowledged command that is missing or stands at another version, a command that is there twice, a gap in the
/// versions, a row that is not the sum of its events.
checked check_orders(std::uint16_t port, const std::deque<caller>& callers, const std::set<std::string>& orders,
                     std::vector<std::string>& broken);

/// The orders of the commands that callers were acknowledged since `seen`, and of those still open; moves `seen` on.
std::set<std::string> touched_since(const std::deque<caller>& callers, std::vector<std::size_t>& seen);

} // namespace drill
