// Aggregates that go to rest and come back, and the snapshots they come back from.
#include "actors/command_window.hpp"
#include "tests/kit/write_world.hpp"

namespace stele::kit {

namespace {

void pass(write_world& world, std::int64_t ms) {
  for (; ms > 0; ms -= 500) {
    world.sim.advance(std::chrono::milliseconds(500));
    world.sim.run();
  }
}

} // namespace

TEST(write_side, an_idle_aggregate_retires_and_its_next_command_wakes_it) {
  write_world world(1);
  world.settings.idle_ms = 5000;
  world.start();
  world.send("counter-1", "add", 5);
  world.finish();
  EXPECT_EQ(world.counters.aggregates_live, 1u);
  pass(world, 12'000);
  EXPECT_EQ(world.counters.aggregates_live, 0u);
  EXPECT_EQ(world.counters.aggregates_live_bytes, 0u);
  EXPECT_EQ(world.counters.aggregates_retired, 1u);
  const auto& next = world.send("counter-1", "add", -5);
  world.finish();
  EXPECT_EQ(next.accepted()->version, 2u);
}

TEST(write_side, an_aggregate_in_use_does_not_retire) {
  write_world world(2);
  world.settings.idle_ms = 5000;
  world.start();
  for (int i = 0; i < 20; ++i) {
    world.send("counter-1", "add", 1);
    pass(world, 1000);
  }
  EXPECT_EQ(world.counters.aggregates_retired, 0u);
}

TEST(write_side, the_least_recently_used_go_when_the_budget_is_spent) {
  write_world world(3);
  world.settings.live_bytes_max = 10 * 2000;
  world.start();
  for (int i = 0; i < 200; ++i) {
    world.send("counter-" + std::to_string(i), "add", 1);
    world.finish();
  }
  EXPECT_LE(world.counters.aggregates_live_bytes, world.settings.live_bytes_max);
  EXPECT_GE(world.counters.aggregates_live, 5u);
  const std::size_t loads = world.store.recoveries;
  world.send("counter-199", "add", 1);
  world.finish();
  EXPECT_EQ(world.store.recoveries, loads) << "the newest was retired";
  world.judge();
}

TEST(write_side, no_command_is_lost_or_overtaken_while_an_aggregate_retires) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    write_world world(seed);
    world.settings.live_bytes_max = 1; // Everyone is asked to go as soon as another comes.
    world.start();
    for (int i = 0; i < 30; ++i) {
      world.send("counter-" + std::to_string(world.sim.below(2)), "add",
                 static_cast<std::int64_t>(world.sim.below(5)) - 2);
      for (std::size_t steps = world.sim.below(12); steps > 0; --steps) world.sim.step();
    }
    world.finish();
    for (const attempt& it : world.attempts) EXPECT_TRUE(it.accepted() || it.is(refusal_kind::rejected));
    world.judge();
    if (HasFailure()) return;
  }
}

TEST(write_side, a_snapshot_is_kept_every_so_many_events_and_shortens_the_load) {
  write_world world(4);
  world.settings.snapshot_events = 10;
  world.start();
  for (int i = 0; i < 25; ++i) {
    world.send("counter-1", "add", 1);
    if (i % 3 == 0) world.finish();
  }
  world.finish();
  ASSERT_EQ(world.store.snapshots.count("counter-1"), 1u);
  const snapshot kept = world.store.snapshots.at("counter-1");
  EXPECT_GE(kept.version, 20u);
  EXPECT_EQ(kept.state, std::to_string(kept.version));
  EXPECT_EQ(kept.position, kept.version);
  const auto window = command_window::decode(kept.window);
  ASSERT_TRUE(window);
  for (const attempt& it : world.attempts)
    if (const auto* known = window->find(it.id)) { EXPECT_EQ(known->position, it.accepted()->position); }
}

TEST(write_side, a_snapshot_of_another_description_is_dropped_and_the_stream_replayed) {
  write_world world(5);
  world.settings.snapshot_events = 2;
  world.start();
  const auto& first = world.send("counter-1", "add", 3);
  world.send("counter-1", "add", 4);
  world.finish();
  world.stop();
  world.store.snapshots.at("counter-1").state = "1000"; // What the old description meant.
  world.counter->hash = 2;
  world.start();
  const auto& too_much = world.send("counter-1", "add", -8);
  const auto& again = world.send("counter-1", "add", 3, first.id);
  world.finish();
  EXPECT_TRUE(too_much.is(refusal_kind::rejected));
  EXPECT_TRUE(again.accepted()->repeated);
  EXPECT_EQ(world.store.snapshots.count("counter-1"), 0u);
}

TEST(write_side, a_snapshot_that_can_not_be_read_is_dropped) {
  for (const bool state : {true, false}) {
    write_world world(6);
    world.settings.snapshot_events = 2;
    world.start();
    world.send("counter-1", "split", 4);
    world.finish();
    world.stop();
    (state ? world.store.snapshots.at("counter-1").state : world.store.snapshots.at("counter-1").window) = "?";
    world.start();
    const auto& next = world.send("counter-1", "add", -4);
    world.finish();
    ASSERT_TRUE(next.accepted());
    EXPECT_EQ(next.accepted()->version, 5u);
  }
}

TEST(write_side, a_slow_load_leaves_a_snapshot) {
  write_world world(7);
  world.settings.snapshot_events = 0;
  world.settings.slow_load_events = 10;
  world.settings.recover_events_max = 3; // Page by page.
  world.start();
  for (int i = 0; i < 12; ++i) world.send("counter-1", "add", 1);
  world.finish();
  world.restart();
  world.send("counter-1", "add", 1);
  world.finish();
  world.sim.run();
  ASSERT_EQ(world.store.snapshots.count("counter-1"), 1u);
  EXPECT_EQ(world.store.snapshots.at("counter-1").version, 12u);
}

TEST(write_side, a_repeat_older_than_the_window_of_a_snapshot_is_looked_up) {
  write_world world(8);
  world.settings.snapshot_events = 4;
  world.settings.command_window = 2;
  world.start();
  std::vector<const attempt*> sent;
  for (int i = 0; i < 8; ++i)
    sent.push_back(
        &world.send("counter-1", "add", 1,
                    make_uuid_v7(world.sim.time.now() + i, world.sim.random.next(), world.sim.random.next())));
  world.finish();
  world.restart();
  for (const attempt* it : sent) world.send("counter-1", "add", 1, it->id);
  world.finish();
  EXPECT_EQ(world.version_of("counter-1"), 8u);
  world.judge();
}

} // namespace stele::kit
