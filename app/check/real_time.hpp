// Goes through intervals of real time: what had ended when another began is told first.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

namespace stele::check {

/// Calls `begin(it)` for all in the order of `invoked`, and before it `end(each)` for those with `completed` below
/// that. What ends before another begins has begun before it, too, so `end` only hears what `begin` heard.
template <class Interval, class Begin, class End>
void in_real_time(std::vector<Interval>& all, Begin&& begin, End&& end) {
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.invoked < b.invoked; });
  std::vector<std::size_t> ended(all.size());
  std::iota(ended.begin(), ended.end(), std::size_t{0});
  std::sort(ended.begin(), ended.end(), [&](auto a, auto b) { return all[a].completed < all[b].completed; });
  auto next = ended.begin();
  for (auto& it : all) {
    for (; next != ended.end() && all[*next].completed < it.invoked; ++next) end(all[*next]);
    begin(it);
  }
}

} // namespace stele::check
