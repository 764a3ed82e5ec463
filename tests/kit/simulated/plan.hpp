// What one seed does to a cluster: chosen before the run, so that the run can be told, and tried again with less of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stele::simulated {

enum class deed : std::uint8_t {
  ask,       ///< A client wants something done, at one node.
  ask_twice, ///< The same command at two nodes at once.
  ask_again, ///< A command that was done long ago, once more.
  read,      ///< Somebody asks for a row, or for all, with the token of what he has seen or without.
  explode,   ///< A command that kills its aggregate.
  crash,
  hang,
  stall, ///< The connection on which a node keeps its lease stalls, and often its peers are cut off; all else goes on.
  wake,  ///< All that hang.
  flow,  ///< All connections that stall go on.
  cut,
  join_up, ///< All cut connections.
  start,
  leave,
  release, ///< All nodes that work are killed, and as many as at first are started, of a release with raised versions.
  count_
};

constexpr std::size_t deeds = static_cast<std::size_t>(deed::count_);

struct action {
  std::size_t step = 0; ///< Before which it is done.
  deed what = deed::ask;
  std::uint64_t chance = 0; ///< Decides whom it hits.
};

/// Replies that are lost: one in so many; 0: none.
struct losses {
  std::size_t appends = 0, writes = 0, reads = 0, rows = 0;
  std::size_t tables = 0; ///< Of statements that make, swap and drop tables of views.
};

/// Steps of something that may come before a statement takes effect: one whose reply was lost, a write of rows, a read,
/// an append.
struct delays {
  std::size_t late = 30, rows = 0, reads = 0, appends = 0;
};

struct plan {
  std::uint64_t seed = 0;
  std::size_t steps = 2000;
  std::size_t steps_per_tick = 10; ///< How much happens while time moves on.
  std::int64_t tick_ms = 10, lease_ms = 1000;
  std::uint32_t nodes = 3, shards = 4, lanes = 2, streams = 6;
  losses lost;
  delays delay;
  std::size_t window = 16, page = 1000, batch = 1000;
  std::uint32_t snapshot_events = 0;
  bool retires = false; ///< Aggregates go to rest as soon as they can.
  bool clocks_differ = false;
  bool long_hangs = false; ///< Who hangs wakes once it was replaced, and its old connections say nothing of it.
  bool reads = false;      ///< Views are hosted, and read.
  bool keyed = false;      ///< Those with a key of their own, too.
  bool rebuilds = false;   ///< Rebuilds are often, take long, and are often disturbed.
  bool polls = false;      ///< Somebody looks at rows all the time, where they are folded, whatever is stored.
  std::size_t fold = 1000, cached_rows = 1000;
  std::size_t odd_ways = 0; ///< The product takes the unusual way at one in so many places where it may; 0: never.
  std::vector<action> actions;
};

/// Which disturbances occur, and how often, is chosen anew for each seed.
plan make_plan(std::uint64_t seed, std::size_t steps);

/// A line about the cluster and what is lost in it.
std::string in_words(const plan& it);

} // namespace stele::simulated
