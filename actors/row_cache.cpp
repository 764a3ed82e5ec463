#include "actors/row_cache.hpp"

namespace stele {

const cached_row* row_cache::find(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->second;
}

void row_cache::put(const std::string& key, cached_row row) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    found->second->second = std::move(row);
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  entries_.emplace_front(key, std::move(row));
  by_key_.emplace(entries_.front().first, entries_.begin());
  make_room();
}

void row_cache::drop(shard_number shard) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.shard != shard) {
      ++it;
      continue;
    }
    by_key_.erase(it->first);
    it = entries_.erase(it);
  }
}

void row_cache::clear() {
  by_key_.clear();
  entries_.clear();
}

void row_cache::make_room() {
  // Rows that must stay move to the front; there are at most two rounds of them, so the walk is short.
  for (std::size_t looked = entries_.size(); by_key_.size() > rows_max_ && looked > 0; --looked) {
    auto last = std::prev(entries_.end());
    if (last->second.round > written_round_) {
      entries_.splice(entries_.begin(), entries_, last);
      continue;
    }
    by_key_.erase(last->first);
    entries_.erase(last);
  }
}

} // namespace stele
