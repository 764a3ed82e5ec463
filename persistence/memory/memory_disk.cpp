#include "persistence/memory/memory_disk.hpp"

#include "persistence/new_history.hpp"

namespace stele {

memory_disk::memory_disk(std::uint32_t shard_count, std::uint32_t lanes)
    : identity{new_history(), shard_count, lanes}, heads(shard_count), shards(shard_count) {}

void memory_disk::remember(std::function<void()> undo_step) {
  constexpr std::size_t steps_max = 10'000; // A disk writes everything down some day, also without an append.
  if (undo.size() >= steps_max) undo.clear();
  undo.push_back(std::move(undo_step));
}

void memory_disk::power_cut() {
  std::lock_guard lock(mutex);
  for (auto it = undo.rbegin(); it != undo.rend(); ++it) (*it)();
  undo.clear();
}

} // namespace stele
