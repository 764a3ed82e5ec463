// Folds events into rows, key by key, and finds the one event that can't be folded.
#pragma once

#include "actors/row_cache.hpp"
#include "actors/view_type.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stele {

/// Events of one key, ascending, and the row before and after them.
struct key_events {
  std::string key;
  shard_number shard = 0;
  std::vector<const recorded_event*> events;
  cached_row before;
  std::optional<row_values> after; ///< Nothing while no event made a row.
};

/// An event a view can't fold.
struct poison_event {
  shard_number shard = 0;
  shard_position position = 0;
  std::string reason;
};

/// Folds events of one key, ascending, into its row. Whatever the author's `project` throws is told as an event that
/// can't be folded.
stored<std::optional<row_values>> fold_safely(const view_type& type, std::string_view key, const shared_row& before,
                                              std::span<const recorded_event* const> events);

/// Fills `after` of each key. Where an event can't be folded, everything of its shard from there on is left out (its
/// events are taken from `keys`), so the shard stays complete up to that event; other shards are folded whole.
std::vector<poison_event> fold_keys(const view_type& type, std::vector<key_events>& keys);

} // namespace stele
