// The numbers actors work by. `config.ini` says for each its unit, default and reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stele {

struct actor_settings {
  // Admission.
  std::size_t commands_in_flight_max = 16384; ///< Per node; more are shed at once.
  std::size_t queries_in_flight_max = 16384;
  std::size_t command_body_bytes_max = 1 << 20;
  std::size_t past_readers_max = 256; ///< Histories and old states being read at a time.
  std::size_t followers_max = 1024;   ///< Requests for events of the whole store that are open, parked ones included.
  std::size_t events_page_max = 1000; ///< Events in one answer to such a request.
  std::size_t unowned_max = 16384;    ///< Commands waiting for a shard whose owner is unknown.

  // Aggregates.
  std::size_t stash_max = 256;                ///< Commands waiting in one aggregate while it loads.
  std::size_t aggregate_in_flight_max = 1024; ///< Tentative commands of one aggregate.
  std::size_t live_bytes_max = 512u << 20; ///< Budget of all live aggregates; beyond it the least recently used retire.
  std::int64_t idle_ms = 300'000;          ///< An aggregate unused for so long retires.
  std::uint32_t snapshot_events = 200;     ///< A snapshot after so many events; 0: never.
  std::uint32_t slow_load_events = 500;    ///< A load of so many events leaves a snapshot.
  std::size_t command_window = 16;         ///< Greatest command ids an aggregate remembers.
  std::size_t recover_events_max = 1000;   ///< Events in one read of a recovery.
  std::size_t events_per_command_max = 1000;
  std::int64_t broken_backoff_ms =
      1000; ///< First pause before a stream that can't be folded is tried again; doubles to 60 s.

  // Persistence.
  std::size_t batch_events_max = 1000;
  std::size_t batch_bytes_max = 8u << 20;
  std::int64_t resolve_backoff_ms = 50; ///< First pause before an unknown outcome is asked again; doubles to 2 s.

  // Projectors and queries.
  std::size_t fold_events_max = 1000;       ///< Events folded in one step.
  std::size_t write_events_max = 20'000;    ///< Events folded into one write.
  std::size_t row_cache_rows_max = 100'000; ///< Rows a view keeps in memory.
  std::size_t handover_events_max =
      20'000;                        ///< Events waiting in memory for one view; beyond it they are read from the store.
  std::uint32_t poison_attempts = 5; ///< Tries of an event that can't be folded before its view and shard stop.
  std::int64_t poison_backoff_ms = 100; ///< First pause between them; doubles.
  std::size_t waiters_max = 16384;      ///< Queries waiting for a version.
  std::int64_t query_wait_ms_max = 30'000;
  std::uint32_t query_actors = 1;
  std::uint32_t page_size_max = 100;
};

} // namespace stele
