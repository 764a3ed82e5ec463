// A command has one effect however often, and wherever, it is sent.
#include "tests/kit/write_world.hpp"

namespace stele::kit {

namespace {

uuid id_of_time(write_world& world, unix_ms offset) {
  return make_uuid_v7(world.sim.time.now() + offset, world.sim.random.next(), world.sim.random.next());
}

void expect_repeat(const attempt& again, const attempt& first) {
  ASSERT_TRUE(again.accepted());
  EXPECT_TRUE(again.accepted()->repeated);
  EXPECT_EQ(again.accepted()->version, first.accepted()->version);
  EXPECT_EQ(again.accepted()->position, first.accepted()->position);
}

} // namespace

TEST(write_side, a_repeat_gets_the_first_answer) {
  write_world world(1);
  world.start();
  const auto& first = world.send("counter-1", "add", 5);
  world.send("counter-1", "add", 1);
  world.finish();
  const auto& again = world.send("counter-1", "add", 5, first.id);
  world.finish();
  expect_repeat(again, first);
  world.judge();
}

TEST(write_side, the_ids_it_makes_are_never_looked_up) {
  write_world world(20);
  world.start();
  for (int i = 0; i < 200; ++i) world.send("counter-1", "add", 1, uuid{}); // Far more than an aggregate remembers.
  world.finish();
  EXPECT_EQ(world.store.streams["counter-1"].size(), 200u);
  EXPECT_EQ(world.store.lookups, 0u);
}

TEST(write_side, a_repeat_is_found_before_if_match) {
  write_world world(2);
  world.start();
  const auto& first = world.send("counter-1", "add", 5, {}, 0);
  world.finish();
  const auto& again = world.send("counter-1", "add", 5, first.id, 0);
  world.finish();
  expect_repeat(again, first);
}

TEST(write_side, a_repeat_of_a_command_in_flight_waits_for_it) {
  write_world world(3);
  world.start();
  const auto& first = world.send("counter-1", "add", 5);
  const auto& again = world.send("counter-1", "add", 5, first.id);
  const auto& third = world.send("counter-1", "add", 5, first.id);
  world.finish();
  expect_repeat(again, first);
  expect_repeat(third, first);
  EXPECT_LT(first.answered_as, again.answered_as);
  world.judge();
}

TEST(write_side, a_repeat_of_a_command_in_flight_falls_with_it) {
  write_world world(4);
  world.start();
  world.sim.run();
  world.store.faults.disk_full = true;
  const auto& first = world.send("counter-1", "add", 5);
  const auto& again = world.send("counter-1", "add", 5, first.id);
  world.finish();
  EXPECT_TRUE(first.is(refusal_kind::unavailable));
  EXPECT_TRUE(again.is(refusal_kind::unavailable));
}

TEST(write_side, a_repeat_is_found_after_a_restart) {
  write_world world(5);
  world.start();
  const auto& first = world.send("counter-1", "add", 5);
  world.finish();
  world.restart();
  const auto& again = world.send("counter-1", "add", 5, first.id);
  world.finish();
  expect_repeat(again, first);
  world.judge();
}

TEST(write_side, a_repeat_that_left_the_window_is_looked_up) {
  write_world world(6);
  world.settings.command_window = 2;
  world.start();
  const auto& first = world.send("counter-1", "add", 5, id_of_time(world, 0));
  for (int i = 1; i < 6; ++i) world.send("counter-1", "add", 1, id_of_time(world, i));
  world.finish();
  EXPECT_EQ(world.store.lookups, 0u);
  const auto& again = world.send("counter-1", "add", 5, first.id);
  const auto& behind = world.send("counter-1", "add", 1, id_of_time(world, 9));
  world.finish();
  expect_repeat(again, first);
  EXPECT_EQ(world.store.lookups, 1u);
  EXPECT_EQ(behind.accepted()->version, 7u);
  world.judge();
}

TEST(write_side, skewed_client_clocks_make_no_second_effect) {
  write_world world(7);
  world.settings.command_window = 2;
  world.start();
  const auto& second = world.send("counter-1", "add", 1, id_of_time(world, 2));
  world.send("counter-1", "add", 1, id_of_time(world, 1));
  world.send("counter-1", "add", 1, id_of_time(world, 3));
  world.finish();
  const auto& again = world.send("counter-1", "add", 1, second.id);
  world.finish();
  expect_repeat(again, second);
  EXPECT_EQ(world.version_of("counter-1"), 3u);
  world.judge();
}

TEST(write_side, a_repeat_that_left_the_window_while_in_flight_is_found) {
  write_world world(8);
  world.settings.command_window = 1;
  world.start();
  const auto& first = world.send("counter-1", "add", 1, id_of_time(world, 0));
  world.send("counter-1", "add", 1, id_of_time(world, 1));
  const auto& again = world.send("counter-1", "add", 1, first.id);
  world.finish();
  expect_repeat(again, first);
  EXPECT_EQ(world.version_of("counter-1"), 2u);
}

TEST(write_side, the_same_id_with_another_body_is_refused) {
  write_world world(9);
  world.settings.command_window = 2;
  world.start();
  const auto& first = world.send("counter-1", "add", 5, id_of_time(world, 0));
  const auto& in_flight = world.send("counter-1", "add", 6, first.id);
  world.finish();
  const auto& durable = world.send("counter-1", "add", 6, first.id);
  for (int i = 1; i < 4; ++i) world.send("counter-1", "add", 1, id_of_time(world, i));
  const auto& evicted = world.send("counter-1", "add", 6, first.id);
  world.finish();
  for (const attempt* it : {&in_flight, &durable, &evicted}) EXPECT_TRUE(it->is(refusal_kind::key_reused));
  world.judge();
}

TEST(write_side, the_same_id_in_another_stream_is_another_command) {
  write_world world(10);
  world.start();
  const auto& first = world.send("counter-1", "add", 5);
  const auto& other = world.send("counter-2", "add", 5, first.id);
  world.finish();
  EXPECT_FALSE(other.accepted()->repeated);
}

TEST(write_side, a_rejected_command_is_decided_anew_when_sent_again) {
  write_world world(11);
  world.start();
  const auto& no = world.send("counter-1", "add", -3);
  world.send("counter-1", "add", 3);
  const auto& now = world.send("counter-1", "add", -3, no.id);
  world.finish();
  EXPECT_TRUE(no.is(refusal_kind::rejected));
  ASSERT_TRUE(now.accepted());
  EXPECT_FALSE(now.accepted()->repeated);
}

TEST(write_side, a_command_without_an_id_gets_one_of_its_own) {
  write_world world(12);
  world.start();
  world.send("counter-1", "add", 1, uuid{});
  const auto& second = world.send("counter-1", "add", 1, uuid{});
  world.finish();
  EXPECT_EQ(second.accepted()->version, 2u);
}

} // namespace stele::kit
