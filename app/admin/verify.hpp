// Reads a whole store and checks everything that is promised of it.
#pragma once

#include "actors/registry.hpp"
#include "app/admin/findings.hpp"
#include "persistence/store.hpp"

#include <functional>

namespace stele::admin {

/// How far a check is.
struct verify_progress {
  std::uint64_t events_done = 0, events_total = 0;
};

/// What was checked of one view.
struct verified_view {
  std::string view;
  std::uint64_t rows = 0;
  std::string skipped; ///< Why it was not checked; empty: it was.
};

struct verify_report {
  std::uint64_t shards = 0, streams = 0, commands = 0, events = 0;
  std::uint64_t snapshots = 0;         ///< Compared with full replay.
  std::uint64_t snapshots_skipped = 0; ///< Of another description: nobody reads them any more.
  std::vector<verified_view> views;
  findings found;
};

/// Checks shard after shard: positions and versions without gaps, streams in their shard, the events of each command
/// together and none twice, every payload readable by the domain, every row of every view equal to the fold of its
/// events up to the view's checkpoint, no row too many, every snapshot equal to full replay. Views with a key of their
/// own are checked against the log in its one order, which is read once more for them.
///
/// Memory is that of one shard: a state and a row for each of its streams; with a keyed view, a key for each stream.
/// `progress` is called now and then. Fails only when the store can't be read; what is wrong in it is in the report.
stored<verify_report> verify(store& storage, const registry& hosted,
                             const std::function<void(const verify_progress&)>& progress);

} // namespace stele::admin
