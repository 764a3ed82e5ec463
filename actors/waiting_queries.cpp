#include "actors/waiting_queries.hpp"

#include <limits>

namespace stele {

void waiting_queries::add(asked_ptr asked, shard_number shard, shard_position position) {
  const ticket mine = ++last_ticket_;
  heap(asked->view->number(), asked->selection.has_value()).emplace(shard, position, mine);
  deadlines_.emplace(asked->deadline_us, mine);
  waiters_.emplace(mine, waiter{std::move(asked), shard, position});
}

std::vector<asked_ptr> waiting_queries::take_reached(std::size_t view, bool written,
                                                     const std::vector<shard_position>& positions) {
  std::vector<asked_ptr> reached;
  const auto& all = heap(view, written);
  for (auto it = all.begin(); it != all.end();) {
    const auto [shard, position, mine] = *it;
    if (position > positions[shard]) { // The nearest of this shard is not there yet: nor is any other.
      it = all.lower_bound({shard + 1, 0, 0});
      continue;
    }
    ++it;
    reached.push_back(take(waiters_.find(mine)));
  }
  return reached;
}

std::vector<asked_ptr> waiting_queries::take_late(std::int64_t now_us) {
  std::vector<asked_ptr> late;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_us)
    late.push_back(take(waiters_.find(deadlines_.begin()->second)));
  return late;
}

std::vector<asked_ptr> waiting_queries::take_all() { return take_late(std::numeric_limits<std::int64_t>::max()); }

std::optional<std::int64_t> waiting_queries::next_deadline_us() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

asked_ptr waiting_queries::take(std::map<ticket, waiter>::iterator it) {
  waiter found = std::move(it->second);
  heap(found.asked->view->number(), found.asked->selection.has_value()).erase({found.shard, found.position, it->first});
  deadlines_.erase({found.asked->deadline_us, it->first});
  waiters_.erase(it);
  return std::move(found.asked);
}

} // namespace stele
