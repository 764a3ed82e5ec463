#include "actors/fold_keys.hpp"

#include <algorithm>

namespace stele {

stored<std::optional<row_values>> fold_safely(const view_type& type, std::string_view key, const shared_row& before,
                                              std::span<const recorded_event* const> events) {
  const auto broken = [&](std::string why) {
    return store_error{store_fault::corrupt, "view " + std::string(type.name()) + " can't fold " +
                                                 std::string(events.front()->stream_id) + ": " + std::move(why)};
  };
  try {
    return type.fold(key, before ? std::optional(*before) : std::nullopt, events);
  } catch (const std::exception& error) {
    return broken(error.what());
  } catch (...) { // Handed on as a value: the shard stops and says so.
    return broken("project threw something that is no std::exception");
  }
}

namespace {

/// Folds one event after the other until one fails; nothing when none does on its own.
std::optional<poison_event> find_poison(const view_type& type, const key_events& key) {
  auto row = key.before.row;
  for (const auto* event : key.events) {
    auto next = fold_safely(type, key.key, row, std::span(&event, 1));
    if (!next) return poison_event{key.shard, event->position, next.error().what};
    row = *next ? std::make_shared<const row_values>(std::move(**next)) : nullptr;
  }
  return std::nullopt;
}

std::optional<poison_event> fold_key(const view_type& type, key_events& key) {
  if (key.events.empty()) return std::nullopt;
  auto after = fold_safely(type, key.key, key.before.row, key.events);
  if (!after) {
    auto found = find_poison(type, key);
    return found ? found : poison_event{key.shard, key.events.front()->position, after.error().what};
  }
  key.after = std::move(*after);
  return std::nullopt;
}

void cut(std::vector<key_events>& keys, const poison_event& poison) {
  for (auto& key : keys)
    if (key.shard == poison.shard)
      std::erase_if(key.events, [&](const auto* event) { return event->position >= poison.position; });
}

void keep_first(std::vector<poison_event>& found, poison_event poison) {
  const auto same = std::find_if(found.begin(), found.end(), [&](const auto& it) { return it.shard == poison.shard; });
  if (same == found.end())
    found.push_back(std::move(poison));
  else if (poison.position < same->position)
    *same = std::move(poison);
}

} // namespace

std::vector<poison_event> fold_keys(const view_type& type, std::vector<key_events>& keys) {
  std::vector<poison_event> found;
  for (auto& key : keys)
    if (auto poison = fold_key(type, key)) keep_first(found, std::move(*poison));
  // What lies behind a poison event is folded again without it. That may bring up an earlier one, never a later one, so
  // this ends.
  for (bool again = !found.empty(); again;) {
    again = false;
    for (const auto& poison : std::vector(found)) {
      cut(keys, poison);
      for (auto& key : keys)
        if (key.shard == poison.shard)
          if (auto earlier = fold_key(type, key)) {
            keep_first(found, std::move(*earlier));
            again = true;
          }
    }
  }
  return found;
}

} // namespace stele
