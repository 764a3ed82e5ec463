// Queries that wait for a view to get somewhere, found by position and by deadline.
#pragma once

#include "actors/asked_query.hpp"

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace stele {

/// Belongs to one query actor. Look-ups wait until rows are folded, lists until they are written.
class waiting_queries {
public:
  explicit waiting_queries(std::size_t views) : views_(views) {}

  /// Waits for `position` of `shard` in the query's view, or for its deadline.
  void add(asked_ptr asked, shard_number shard, shard_position position);

  /// Whether anybody waits for that view: for folded or for written rows.
  bool any(std::size_t view, bool written) const { return !heap(view, written).empty(); }

  /// Takes out those whose position is reached; `positions` by shard.
  std::vector<asked_ptr> take_reached(std::size_t view, bool written, const std::vector<shard_position>& positions);

  /// Takes out those whose deadline is over.
  std::vector<asked_ptr> take_late(std::int64_t now_us);

  std::vector<asked_ptr> take_all();
  std::optional<std::int64_t> next_deadline_us() const;
  std::size_t size() const { return waiters_.size(); }

private:
  using ticket = std::uint64_t;
  using by_position = std::set<std::tuple<shard_number, shard_position, ticket>>;

  struct waiter {
    asked_ptr asked;
    shard_number shard = 0;
    shard_position position = 0;
  };

  const by_position& heap(std::size_t view, bool written) const {
    return written ? views_[view].second : views_[view].first;
  }
  by_position& heap(std::size_t view, bool written) { return written ? views_[view].second : views_[view].first; }
  asked_ptr take(std::map<ticket, waiter>::iterator it);

  ticket last_ticket_ = 0;
  std::map<ticket, waiter> waiters_;
  std::vector<std::pair<by_position, by_position>> views_; ///< Waiting for folded, for written.
  std::set<std::pair<std::int64_t, ticket>> deadlines_;
};

} // namespace stele
