// The order of everything in a simulated database, and what is shown of it.
#pragma once

#include "actors/sabotage.hpp"
#include "persistence/identifiers.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace stele::kit {

/// As in PostgreSQL, an append takes its places when it begins and is seen when it ends; in the order of everything it
/// is shown only once all that began before it have ended, too.
class simulated_order {
public:
  struct event_place {
    shard_number shard = 0;
    shard_position position = 0;
  };

  /// One append, from its beginning until it was done, failed, or is never done.
  class open_append {
  public:
    explicit open_append(simulated_order& order) : order_(order) {}
    ~open_append() { order_.open_.erase(first_); }
    open_append(const open_append&) = delete;
    open_append& operator=(const open_append&) = delete;

    void begin() { order_.open_.insert(first_ = order_.next_ += places_each); }
    void end() { order_.open_.erase(first_); }

    /// The place of its next event.
    std::uint64_t take(event_place it) {
      order_.events_.emplace(first_ + taken_, it);
      return first_ + taken_++;
    }

  private:
    static constexpr std::uint64_t places_each = 1 << 20;
    simulated_order& order_;
    std::uint64_t first_ = 0, taken_ = 0;
  };

  /// What is shown behind `after`, ascending.
  std::vector<event_place> shown(std::uint64_t after, std::size_t limit) const {
    const bool all = open_.empty() || STELE_SABOTAGE(open_appends_passed);
    const std::uint64_t end = all ? std::numeric_limits<std::uint64_t>::max() : *open_.begin();
    std::vector<event_place> found;
    for (auto at = events_.upper_bound(after); at != events_.end() && at->first < end && found.size() < limit; ++at)
      found.push_back(at->second);
    return found;
  }

  /// All there are, ascending.
  const std::map<std::uint64_t, event_place>& all() const { return events_; }

  bool holds_back() const { return !open_.empty() && !events_.empty() && *open_.begin() < events_.rbegin()->first; }

private:
  std::map<std::uint64_t, event_place> events_; ///< By global position.
  std::set<std::uint64_t> open_;                ///< First places of those under way.
  std::uint64_t next_ = 0;
};

} // namespace stele::kit
