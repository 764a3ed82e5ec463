// Decisions on tentative state, and the order and moment of their answers.
#include "tests/kit/write_world.hpp"

namespace stele::kit {

TEST(write_side, decides_on_what_is_not_durable_yet) {
  write_world world(1);
  world.start();
  world.send("counter-1", "add", 5);
  world.finish();
  const auto& first = world.send("counter-1", "add", 5);
  const auto& second = world.send("counter-1", "add", -10);
  const auto& third = world.send("counter-1", "add", -1);
  world.finish();
  EXPECT_EQ(first.accepted()->version, 2u);
  EXPECT_EQ(second.accepted()->version, 3u);
  ASSERT_TRUE(third.is(refusal_kind::rejected));
  EXPECT_EQ(third.refused()->pointer, "0");
  world.judge();
}

TEST(write_side, takes_as_one_batch_what_came_while_the_disk_was_busy) {
  write_world world(2);
  world.start();
  for (int i = 0; i < 50; ++i) world.send("counter-" + std::to_string(i % 5), "add", 1);
  world.finish();
  EXPECT_LT(world.store.appends, 25u);
  world.judge();
}

TEST(write_side, a_batch_holds_no_more_events_than_its_limit) {
  write_world world(3);
  world.settings.batch_events_max = 4;
  world.start();
  for (int i = 0; i < 40; ++i) world.send("counter-1", i % 10 == 0 ? "split" : "add", 3);
  world.finish();
  EXPECT_LE(world.store.largest_batch, 4u);
  world.judge();
}

TEST(write_side, a_command_larger_than_a_batch_goes_alone_and_whole) {
  write_world world(4);
  world.settings.batch_events_max = 4;
  world.start();
  world.send("counter-1", "add", 1);
  const auto& large = world.send("counter-1", "split", 10);
  world.finish();
  EXPECT_EQ(large.accepted()->version, 11u);
  EXPECT_EQ(world.store.largest_batch, 10u);
  world.judge();
}

TEST(write_side, a_batch_holds_no_more_bytes_than_its_limit) {
  write_world world(5);
  world.settings.batch_bytes_max = 1; // Every command is larger.
  world.start();
  for (int i = 0; i < 20; ++i) world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_EQ(world.store.appends, 20u);
}

TEST(write_side, a_rejection_waits_for_the_fence) {
  write_world world(6);
  world.start();
  const auto& no = world.send("counter-1", "add", -1);
  world.finish();
  EXPECT_TRUE(no.is(refusal_kind::rejected));
  EXPECT_EQ(world.store.fences, 1u);
  EXPECT_EQ(world.store.appends, 0u);
}

TEST(write_side, nothing_to_change_waits_for_the_fence_and_names_the_version) {
  write_world world(7);
  world.start();
  const auto& change = world.send("counter-1", "add", 3);
  world.finish();
  const auto& none = world.send("counter-1", "add", 0);
  world.finish();
  ASSERT_TRUE(none.accepted());
  EXPECT_FALSE(none.accepted()->changed);
  EXPECT_EQ(none.accepted()->version, change.accepted()->version);
  EXPECT_EQ(none.accepted()->position, change.accepted()->position);
  EXPECT_EQ(world.store.fences, 1u);
}

TEST(write_side, a_stale_owner_can_not_even_say_no) {
  write_world world(8);
  world.start();
  world.sim.run();
  world.store.faults.fenced = true;
  const auto& no = world.send("counter-1", "add", -1);
  world.finish();
  EXPECT_TRUE(no.is(refusal_kind::unavailable)) << "a rejection without a fence";
  EXPECT_FALSE(world.side->ready());
  const auto& later = world.send("counter-1", "add", 1);
  EXPECT_TRUE(later.is(refusal_kind::unavailable));
}

TEST(write_side, if_match_is_compared_with_the_tentative_version) {
  write_world world(9);
  world.start();
  world.send("counter-1", "add", 1, {}, 0);
  const auto& right = world.send("counter-1", "add", 1, {}, 1);
  const auto& wrong = world.send("counter-1", "add", 1, {}, 1);
  world.finish();
  EXPECT_EQ(right.accepted()->version, 2u);
  ASSERT_TRUE(wrong.is(refusal_kind::wrong_version));
  EXPECT_NE(wrong.refused()->message.find("expected version 1, found 2"), std::string::npos);
  world.judge();
}

TEST(write_side, a_malformed_command_needs_no_disk) {
  write_world world(10);
  world.start();
  const auto& bad = world.send_body("counter-1", "add", "three", 0, {}, {}, 0);
  world.finish();
  EXPECT_TRUE(bad.is(refusal_kind::invalid));
  EXPECT_EQ(world.store.fences + world.store.appends, 0u);
}

TEST(write_side, all_events_of_a_command_carry_its_id_digest_and_parts) {
  write_world world(11);
  world.start();
  const auto& three = world.send("counter-1", "split", 3);
  world.finish();
  const auto& events = world.store.streams.at("counter-1");
  ASSERT_EQ(events.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(events[i].command_id, three.id);
    EXPECT_EQ(events[i].part, i + 1);
    EXPECT_EQ(events[i].parts, 3u);
    EXPECT_EQ(events[i].command_digest, events[0].command_digest);
    EXPECT_EQ(events[i].recorded_at, world.sim.time.now());
  }
  EXPECT_NE(events[0].event_id, events[1].event_id);
}

} // namespace stele::kit
