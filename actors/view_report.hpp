// How a view stands: what `stele views`, `/metrics` and the rebuild's progress show.
#pragma once

#include "persistence/identifiers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stele {

/// A shard of a view that stopped, and why.
struct stopped_shard {
  shard_number shard = 0;
  shard_position position = 0; ///< Of the event it stopped at.
  std::string reason;
};

/// A rebuild under way.
struct rebuild_progress {
  std::uint64_t events_done = 0, events_total = 0;
  double events_per_second = 0;
  std::int64_t seconds_left = 0;
  std::string trouble; ///< As of the view.
};

struct view_report {
  std::string view;
  std::uint32_t version = 1, generation = 1;
  std::string state; ///< `running`, `paused`, `rebuilding`, `stopped` (at least one shard).
  std::uint64_t lag_events = 0;
  std::int64_t lag_ms = 0;
  std::vector<stopped_shard> stopped;
  std::string trouble; ///< What the store says instead of letting it go on; empty: nothing keeps it behind.
  std::optional<rebuild_progress> rebuild;
  std::string last_rebuild; ///< A sentence on how the last rebuild ended; empty: there was none.
};

} // namespace stele
