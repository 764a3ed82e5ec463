// Random runs of the write side: whatever the order of messages and whatever the store does, the promises hold.
#include "tests/kit/write_world.hpp"

#include <cstdlib>

namespace stele::kit {

namespace {

std::string some_stream(write_world& world) { return "counter-" + std::to_string(world.sim.below(3)); }

/// Skewed clocks of clients: ids of the past and of the future.
uuid some_id(write_world& world) {
  const auto skew = static_cast<unix_ms>(world.sim.below(7)) - 3;
  return make_uuid_v7(world.sim.time.now() + skew * 1000, world.sim.random.next(), world.sim.random.next());
}

void send_again(write_world& world) {
  const attempt before = world.attempts[world.sim.below(world.attempts.size())];
  const bool other_body = world.sim.one_in(8);
  world.send(before.stream, before.type, before.amount + (other_body ? 1 : 0), before.id, before.expected);
}

void send_something(write_world& world) {
  if (!world.attempts.empty() && world.sim.one_in(4)) return send_again(world);
  const std::string stream = some_stream(world);
  std::optional<stream_version> expected;
  if (world.sim.one_in(6)) expected = world.version_of(stream);
  switch (world.sim.below(10)) {
  case 0:
    world.send(stream, "split", 1 + static_cast<std::int64_t>(world.sim.below(3)), some_id(world), expected);
    return;
  case 1:
    world.send(stream, "add", 0, some_id(world), expected);
    return;
  case 2:
    world.send_body(stream, "add", "three", 0, some_id(world), expected, 0);
    return;
  case 3:
    if (world.sim.one_in(4)) {
      world.send(stream, "fail", 1, some_id(world), expected);
      return;
    }
    [[fallthrough]];
  default:
    world.send(stream, "add", static_cast<std::int64_t>(world.sim.below(9)) - 4, some_id(world), expected);
  }
}

void choose_settings(write_world& world) {
  world.settings.command_window = world.sim.below(4);
  world.settings.snapshot_events = static_cast<std::uint32_t>(world.sim.below(4));
  world.settings.slow_load_events = static_cast<std::uint32_t>(world.sim.below(4));
  world.settings.recover_events_max = 1 + world.sim.below(3);
  world.settings.batch_events_max = 1 + world.sim.below(8);
  world.settings.stash_max = 2 + world.sim.below(20);
  world.settings.aggregate_in_flight_max = 1 + world.sim.below(10);
  world.settings.live_bytes_max = world.sim.one_in(2) ? 2000 : 512u << 20;
}

void choose_faults(write_world& world) {
  auto rate = [&world] { return world.sim.one_in(2) ? 0 : 2 + world.sim.below(8); };
  world.store.faults = {rate(), rate(), rate(), rate(), rate(), rate(), false, false};
}

/// What happened in all runs together: a run in which nothing goes wrong proves little.
struct experience {
  std::uint64_t accepted = 0, unchanged = 0, repeated = 0, refused = 0, shed = 0, failed = 0, unknown = 0;
  std::uint64_t rollbacks = 0, retired = 0, snapshots = 0, outcomes_unknown = 0, alarms = 0, lookups = 0, reused = 0;
  std::size_t largest_batch = 0;

  void add(const write_world& world) {
    const node_counters& counters = world.counters;
    accepted += counters.commands_accepted;
    unchanged += counters.commands_unchanged;
    repeated += counters.commands_repeated;
    refused += counters.commands_refused;
    shed += counters.commands_shed;
    failed += counters.commands_failed;
    unknown += counters.commands_unknown;
    rollbacks += counters.rollbacks;
    retired += counters.aggregates_retired;
    snapshots += counters.snapshots_saved;
    outcomes_unknown += counters.outcomes_unknown;
    alarms += counters.alarms;
    lookups += world.store.lookups;
    largest_batch = std::max(largest_batch, world.store.largest_batch);
    for (const attempt& it : world.attempts) reused += it.is(refusal_kind::key_reused) ? 1 : 0;
  }

  void expect_rich() const {
    for (std::uint64_t count : {accepted, unchanged, repeated, refused, shed, failed, unknown, rollbacks, retired,
                                snapshots, outcomes_unknown, alarms, lookups, reused})
      EXPECT_GT(count, 100u);
    EXPECT_GE(largest_batch, 5u);
  }
};

void run_seed(std::uint64_t seed, experience& all) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  write_world world(seed, 1 + seed % 2);
  choose_settings(world);
  if (seed % 4 != 0) choose_faults(world);
  world.start();
  bool was_restarted = false;
  for (std::size_t sent = 0; sent < 40; ++sent) {
    send_something(world);
    for (std::size_t steps = world.sim.below(30); steps > 0; --steps) world.sim.step();
    if (world.sim.one_in(10)) world.sim.advance(std::chrono::milliseconds(world.sim.below(1200)));
    if (!world.sim.one_in(40)) continue;
    world.restart();
    was_restarted = true;
  }
  world.finish();
  world.judge();
  if (!was_restarted) { EXPECT_EQ(world.counters.commands_unknown, 0u) << "a command was dropped"; }
  EXPECT_EQ(world.counters.commands_in_flight, 0u);
  world.stop();
  EXPECT_EQ(world.counters.aggregates_live, 0u);
  EXPECT_EQ(world.counters.aggregates_live_bytes, 0u);
  all.add(world);
}

/// `STELE_SEEDS`: how many, for longer runs than the suite's.
std::uint64_t seeds() {
  const char* wanted = std::getenv("STELE_SEEDS");
  return wanted ? std::strtoull(wanted, nullptr, 10) : 1000;
}

} // namespace

TEST(write_side, keeps_its_promises_whatever_the_order_and_whatever_the_store_does) {
  experience all;
  for (std::uint64_t seed = 1; seed <= seeds() && !HasFailure(); ++seed) run_seed(seed, all);
  all.expect_rich();
}

} // namespace stele::kit
