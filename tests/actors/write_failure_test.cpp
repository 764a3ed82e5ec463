// Batches that fail, outcomes nobody knows, commands that can't be decided, streams that can't be read.
#include "tests/kit/write_world.hpp"

namespace stele::kit {

namespace {

/// A counter at 5, loaded, with nothing on its way.
void begin_at_five(write_world& world) {
  world.start();
  world.send("counter-1", "add", 5);
  world.finish();
}

} // namespace

TEST(write_side, a_failed_batch_takes_along_what_was_decided_on_it) {
  write_world world(1);
  begin_at_five(world);
  world.store.faults.disk_full = true;
  const auto& lost = world.send("counter-1", "add", -5);
  const auto& rejected_on_it = world.send("counter-1", "add", -1);
  world.sim.run();
  EXPECT_TRUE(lost.is(refusal_kind::unavailable));
  EXPECT_TRUE(rejected_on_it.is(refusal_kind::unavailable)) << "a rejection of a state that never was";
  EXPECT_EQ(world.counters.rollbacks, 1u);
  world.store.faults.disk_full = false;
  const auto& after = world.send("counter-1", "add", -1);
  world.finish();
  EXPECT_EQ(after.accepted()->version, 2u);
  world.judge();
}

TEST(write_side, a_full_disk_recovers_by_itself) {
  write_world world(2);
  begin_at_five(world);
  world.store.faults.disk_full = true;
  for (int i = 0; i < 20; ++i) world.send("counter-" + std::to_string(i % 3), "add", 1);
  world.sim.run();
  EXPECT_TRUE(world.side->ready());
  world.store.faults.disk_full = false;
  const auto& after = world.send("counter-2", "add", 1);
  world.finish();
  EXPECT_TRUE(after.accepted());
  const auto complaints = std::count_if(world.log_lines.begin(), world.log_lines.end(), [](const std::string& line) {
    return line.find("not stored") != std::string::npos;
  });
  EXPECT_EQ(complaints, 1) << "one line when it begins";
  world.judge();
}

TEST(write_side, positions_of_a_failed_batch_are_given_again) {
  write_world world(3);
  begin_at_five(world);
  world.store.faults.disk_full = true;
  world.send("counter-1", "split", 4);
  world.sim.run();
  world.store.faults.disk_full = false;
  const auto& after = world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_EQ(after.accepted()->position, 2u);
}

TEST(write_side, an_unknown_outcome_is_found_out_before_anyone_is_answered) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    write_world world(seed);
    begin_at_five(world);
    world.store.faults.append_unknown = 1;
    world.store.faults.resolve_unavailable = seed % 2 == 0 ? 2 : 0;
    const auto& perhaps = world.send("counter-1", "add", -5);
    const auto& behind = world.send("counter-1", "add", -1);
    while (world.counters.outcomes_unknown == 0) world.sim.step();
    world.store.faults.append_unknown = 0;
    world.finish();
    const bool was_stored = perhaps.accepted() != nullptr;
    EXPECT_EQ(was_stored, world.value_at("counter-1", world.version_of("counter-1")) == 0);
    EXPECT_EQ(behind.is(refusal_kind::rejected), was_stored);
    world.judge();
  }
}

TEST(write_side, a_command_whose_outcome_stays_unknown_is_told_so_at_its_deadline) {
  write_world world(4);
  begin_at_five(world);
  world.store.faults.append_unknown = 1;
  world.store.faults.resolve_unavailable = 1;
  const auto& perhaps = world.send("counter-1", "add", 1, {}, {}, world.sim.time.now() + 3000);
  const auto& patient = world.send("counter-1", "add", 1);
  for (int i = 0; i < 100; ++i) {
    world.sim.run();
    world.sim.advance(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(perhaps.is(refusal_kind::outcome_unknown));
  EXPECT_FALSE(patient.answered());
  world.store.faults = {};
  world.finish();
  EXPECT_EQ(perhaps.answers.size(), 1u) << "answered again when it was known";
  EXPECT_TRUE(patient.answered());
  world.judge();
}

TEST(write_side, a_conflict_is_an_alarm_and_the_heads_are_read_again) {
  write_world world(5);
  begin_at_five(world);
  // Somebody else wrote: what this node remembers is wrong.
  recorded_event foreign = world.store.streams.at("counter-1").front();
  foreign.version = foreign.position = 2;
  foreign.payload = "100";
  foreign.command_id = world.make_id();
  world.store.insert(foreign);
  const auto& lost = world.send("counter-1", "add", -5);
  world.finish();
  EXPECT_TRUE(lost.is(refusal_kind::unavailable));
  EXPECT_EQ(world.counters.alarms, 1u);
  const auto& after = world.send("counter-1", "add", -105);
  world.finish();
  ASSERT_TRUE(after.accepted());
  EXPECT_EQ(after.accepted()->version, 3u);
}

TEST(write_side, a_decision_that_throws_leaves_no_trace) {
  write_world world(6);
  begin_at_five(world);
  const auto& before = world.send("counter-1", "add", 1);
  const auto& thrown = world.send("counter-1", "fail", 1);
  const auto& too_much = world.send("counter-1", "add", -7);
  const auto& enough = world.send("counter-1", "add", -6);
  world.finish();
  EXPECT_TRUE(before.accepted());
  EXPECT_TRUE(thrown.is(refusal_kind::internal));
  EXPECT_TRUE(too_much.is(refusal_kind::rejected)) << "the half-changed state was used";
  EXPECT_TRUE(enough.accepted());
  EXPECT_EQ(world.counters.aggregates_live, 1u);
  world.judge();
}

TEST(write_side, a_command_with_too_many_events_has_no_effect) {
  write_world world(7);
  world.settings.events_per_command_max = 3;
  begin_at_five(world);
  const auto& many = world.send("counter-1", "split", 4);
  const auto& fits = world.send("counter-1", "split", 3);
  world.finish();
  EXPECT_TRUE(many.is(refusal_kind::internal));
  EXPECT_EQ(fits.accepted()->version, 4u);
}

TEST(write_side, a_stream_that_can_not_be_folded_says_why_and_rests) {
  write_world world(8);
  begin_at_five(world);
  world.stop();
  auto& events = world.store.streams.at("counter-1");
  events.front().payload = counter_type::poison;
  world.start();
  const auto& first = world.send("counter-1", "add", 1);
  world.finish();
  ASSERT_TRUE(first.is(refusal_kind::internal));
  EXPECT_NE(first.refused()->message.find("counter-1, version 1: a poisoned event"), std::string::npos);
  const std::size_t loads = world.store.recoveries;
  EXPECT_TRUE(world.send("counter-1", "add", 1).answers.empty());
  world.finish();
  EXPECT_EQ(world.store.recoveries, loads) << "tried again at once";
  events.front().payload = "5";
  world.sim.advance(std::chrono::milliseconds(world.settings.broken_backoff_ms));
  const auto& healed = world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_TRUE(healed.accepted());
}

TEST(write_side, a_store_that_can_not_be_read_means_no_effect_and_try_again) {
  write_world world(9);
  world.start();
  world.sim.run();
  world.store.faults.read_unavailable = 1;
  const auto& unread = world.send("counter-1", "add", 1);
  world.sim.run();
  EXPECT_TRUE(unread.is(refusal_kind::unavailable));
  world.store.faults.read_unavailable = 0;
  const auto& again = world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_TRUE(again.accepted());
}

TEST(write_side, a_node_that_is_fenced_takes_nothing_more) {
  write_world world(10);
  begin_at_five(world);
  world.store.faults.fenced = true;
  std::vector<const attempt*> all;
  for (int i = 0; i < 10; ++i) all.push_back(&world.send("counter-" + std::to_string(i % 2), "add", 1));
  world.finish();
  for (const attempt* it : all) EXPECT_TRUE(it->is(refusal_kind::unavailable));
  EXPECT_FALSE(world.side->ready());
  world.judge();
}

TEST(write_side, commands_sent_before_the_heads_are_known_wait_for_them) {
  write_world world(11);
  world.store.faults.read_unavailable = 1;
  world.start();
  world.sim.run();
  EXPECT_FALSE(world.side->ready());
  world.store.faults.read_unavailable = 0;
  const auto& early = world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_TRUE(early.accepted());
  EXPECT_TRUE(world.side->ready());
}

} // namespace stele::kit
