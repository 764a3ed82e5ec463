// What a memory store keeps: it outlives the store, as a disk outlives a process.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/view_store.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace stele {

/// One table of a view.
struct memory_table {
  table_schema schema;
  std::uint32_t version = 1; ///< Of the view, when the table was made.
  std::uint64_t description_hash = 0;
  std::map<std::string, row_values> rows; ///< By key.
  std::vector<shard_position> checkpoints;
};

/// A view and its generations.
struct memory_view {
  std::string aggregate;
  std::uint32_t serving = 1;
  std::optional<std::uint32_t> next;
  std::uint32_t last = 1; ///< Greatest generation ever made: none is used twice.
  std::map<std::uint32_t, memory_table> tables;
};

/// The state of a memory store. A test opens a second store on the same disk to play a restart.
///
/// Appends are durable when they are visible. Rows and snapshots are visible at once and durable with the next append;
/// `power_cut` takes back what was not durable.
struct memory_disk {
  explicit memory_disk(std::uint32_t shards, std::uint32_t lanes = 1);

  void power_cut();
  void remember(std::function<void()> undo_step); ///< Before a change that is not durable at once. Under `mutex`.

  // All below under `mutex`.
  mutable std::mutex mutex;
  store_identity identity;
  std::uint64_t owner = 0;         ///< Number of the store that opened the disk last; the ones before it are fenced.
  std::vector<recorded_event> log; ///< At global position - 1.
  std::vector<shard_position> heads;
  std::vector<std::vector<std::size_t>> shards;                      ///< Places in the log, by position - 1.
  std::unordered_map<std::string, std::vector<std::size_t>> streams; ///< Places in the log, by version - 1.
  std::map<std::string, snapshot> snapshots;
  std::map<std::string, memory_view> views;
  std::vector<std::function<void()>> undo; ///< Takes back what is not durable, newest last.
  std::uint64_t event_limit = UINT64_MAX;  ///< Appends beyond it are refused, as by a full disk.
};

} // namespace stele
