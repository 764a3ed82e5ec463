#include "actors/lag_marks.hpp"

#include <algorithm>

namespace stele {

namespace {

constexpr auto before = [](const auto& mark, shard_position position) { return mark.first < position; };

} // namespace

void lag_marks::note(shard_position first, shard_position last, unix_ms recorded_at) {
  last_ = std::max(last_, last);
  const auto at = std::lower_bound(marks_.begin(), marks_.end(), first, before);
  if (at != marks_.end() && at->first == first)
    at->recorded_at = std::min(at->recorded_at, recorded_at);
  else if (marks_.size() < marks_max || at == marks_.begin())
    marks_.insert(at, {first, recorded_at});
}

void lag_marks::forget(shard_position position) {
  while (marks_.size() > 1 && marks_[1].first <= position + 1) marks_.pop_front();
}

unix_ms lag_marks::recorded_after(shard_position position, unix_ms otherwise) const {
  if (position >= last_) return otherwise;
  const auto next = std::lower_bound(marks_.begin(), marks_.end(), position + 2, before);
  if (next != marks_.begin()) return std::prev(next)->recorded_at;
  return next == marks_.end() ? otherwise : next->recorded_at;
}

} // namespace stele
