// What a node counts. Actors add, `/metrics` and tests read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace stele {

using counter = std::atomic<std::uint64_t>;

/// A histogram with powers of two as upper bounds: bucket i holds values < 2^i. Any thread may add.
struct histogram {
  std::array<counter, 40> buckets{};
  counter sum{0};

  void add(std::uint64_t value) {
    std::size_t bucket = 0;
    while (bucket + 1 < buckets.size() && (value >> bucket) != 0) ++bucket;
    buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    sum.fetch_add(value, std::memory_order_relaxed);
  }
};

/// Counters only grow; gauges (marked) go both ways.
struct node_counters {
  counter commands_accepted{0}, commands_unchanged{0}, commands_repeated{0}, commands_refused{0}, commands_shed{0},
      commands_failed{0}, commands_unknown{0};
  histogram command_us;          ///< From admission to the answer.
  counter commands_in_flight{0}; ///< Gauge.
  counter commands_forwarded{0}; ///< To the nodes that own their shards.
  counter take_overs{0}, hand_overs{0};
  counter lanes_fenced{0}; ///< Lanes of this node that others took the shards of.
  counter batches{0}, batches_failed{0}, outcomes_unknown{0}, alarms{0};
  histogram batch_events, commit_us;
  counter aggregates_live{0};       ///< Gauge.
  counter aggregates_live_bytes{0}; ///< Gauge.
  counter aggregates_loaded{0}, aggregates_retired{0}, snapshots_saved{0}, rollbacks{0};
  counter events_folded{0}, rows_written{0}, guard_refusals{0}, poison_events{0}, catch_up_reads{0};
  counter queries_answered{0}, queries_stale{0}, queries_refused{0}, queries_shed{0};
  counter queries_in_flight{0}; ///< Gauge.
  counter waiters{0};           ///< Gauge.
  histogram query_us;
  counter followers{0}; ///< Gauge: requests for events of the whole store that are open.
  counter followers_shed{0};
};

} // namespace stele
