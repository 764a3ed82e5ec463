// What callers and operators see of a view with a key of its own: waits, stops, pauses, rebuilds, the end of a node.
#include "tests/kit/keyed_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

using std::chrono::milliseconds;

void rebuild(keyed_world& world) {
  world.reads->rebuild("shelves", [](const auto&) {});
}

void resume(keyed_world& world) {
  world.reads->resume("shelves", [](const auto&) {});
  world.settle();
}

std::int64_t count_of(const found_rows& found) { return std::get<std::int64_t>(found.page.rows.at(0)[1]); }

TEST(keyed_serving, a_look_up_with_a_token_waits_until_the_row_is_written) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit("box-1", "to A");
  world.settle();
  world.views.hold_writes = true;
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.shelf("A", world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(*outcome) << "its event is folded, but not written: nobody is told";
  world.views.let_go();
  world.sim.run();
  EXPECT_EQ(2, count_of(rows_of(outcome)));
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

TEST(keyed_serving, a_token_of_one_event_brings_all_that_came_before_it) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit({{"box-1", "to A"}, {"box-2", "to A"}, {"box-3", "to A"}, {"crate-1", "1"}});
  const auto last = world.commit("crate-2"); // The view doesn't fold it, yet it is in the order.
  const auto outcome = world.ask(world.shelf("A", world.token_of(last)));
  world.sim.run();
  EXPECT_EQ(3, count_of(rows_of(outcome)));
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

TEST(keyed_serving, a_look_up_that_waits_in_vain_is_answered_stale_at_its_deadline) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit("box-1", "to A");
  world.settle();
  world.log.horizon = 1;
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.shelf("A", world.token_of(batch), 1000));
  world.sim.run();
  EXPECT_FALSE(*outcome);
  world.sim.advance(milliseconds(1001));
  world.sim.run();
  EXPECT_TRUE(rows_of(outcome).as_of.stale);
  EXPECT_EQ(1, count_of(rows_of(outcome)));
}

TEST(keyed_serving, a_look_up_without_a_token_is_answered_at_once) {
  keyed_world world(1);
  world.start_and_settle();
  world.log.horizon = 0;
  world.commit("box-1", "to A");
  const auto outcome = world.ask(world.shelf("A"));
  world.sim.run();
  EXPECT_TRUE(rows_of(outcome).page.rows.empty());
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

/// The view stops at `payload`, others go on; once it is mended it catches up.
void expect_stop(const std::string& first, const std::string& payload) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit({{"box-1", "to A"}, {"box-2", first}});
  world.settle();
  world.commit({{"box-1", "1"}, {"box-2", payload}, {"box-1", "1"}});
  world.settle();
  const auto stopped = world.shelf_report();
  EXPECT_EQ("stopped", stopped.state);
  ASSERT_EQ(1u, stopped.stopped.size());
  EXPECT_EQ(world.everything[3].shard, stopped.stopped[0].shard);
  EXPECT_EQ(world.everything[3].position, stopped.stopped[0].position);
  EXPECT_FALSE(stopped.stopped[0].reason.empty());
  EXPECT_EQ(2u, stopped.lag_events) << "everything before it is folded, nothing behind it";
  const auto before = world.ask(world.shelf(
      "A", make_token(world.log.identity().history, world.everything[2].shard, world.everything[2].position)));
  world.sim.run();
  EXPECT_EQ(3, count_of(rows_of(before)));
  EXPECT_EQ("running", world.report(0).state) << "the other view goes on";
  EXPECT_EQ("", world.difference());
  world.shelves->mended = true;
  resume(world);
  EXPECT_EQ("running", world.shelf_report().state);
  EXPECT_EQ(0u, world.shelf_report().lag_events);
}

TEST(keyed_serving, an_event_that_cannot_be_folded_stops_the_view_and_nothing_else) {
  expect_stop("to A", "spoilt");
  expect_stop("to A", "shelf bomb");
}

TEST(keyed_serving, an_event_that_cannot_tell_its_key_stops_the_view_and_nothing_else) {
  expect_stop("to A", "key bomb");
}

TEST(keyed_serving, a_stream_whose_first_event_names_no_row_stops_the_view_and_says_why) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit("box-1", "unkeyed");
  world.settle();
  const auto report = world.shelf_report();
  EXPECT_EQ("stopped", report.state);
  EXPECT_NE(report.stopped.at(0).reason.find("box-1 names no shelf"), std::string::npos);
  resume(world);
  EXPECT_EQ("stopped", world.shelf_report().state) << "nothing was mended";
}

TEST(keyed_serving, an_event_that_was_only_unlucky_is_folded_at_a_later_try) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit("box-1", "to A");
  world.commit("box-1", "spoilt");
  world.sim.run();
  world.shelves->mended = true;
  world.settle();
  EXPECT_EQ("running", world.shelf_report().state);
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_serving, a_pause_holds_it_and_a_resume_catches_up) {
  keyed_world world(1);
  world.start_and_settle();
  world.reads->pause("shelves", [](const auto&) {});
  world.sim.run();
  for (int i = 0; i < 20; ++i) world.commit("box-" + std::to_string(i), "to A");
  world.settle();
  EXPECT_EQ("paused", world.shelf_report().state);
  EXPECT_EQ(20u, world.shelf_report().lag_events);
  resume(world);
  EXPECT_EQ("running", world.shelf_report().state);
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_serving, a_rebuild_mends_a_spoiled_row) {
  keyed_world world(1);
  for (int i = 0; i < 40; ++i) world.commit({{"box-" + std::to_string(i), "to A"}, {"crate-1", "1"}});
  world.start_and_settle();
  world.settle();
  world.rows_on_disk().checkpoints({"shelves", 1}, [&](auto at) {
    const row_values row{std::string("A"), std::int64_t{1}, std::int64_t{1}};
    world.rows_on_disk().write({{"shelves", 1}, {{0, (*at)[0], (*at)[0]}}, {{0, row}}, true}, [](auto) {});
  });
  EXPECT_NE("", world.shelf_difference());
  rebuild(world);
  world.settle();
  EXPECT_EQ("", world.shelf_difference());
  const auto report = world.shelf_report();
  EXPECT_EQ(2u, report.generation);
  EXPECT_EQ("running", report.state);
  EXPECT_EQ(0u, report.last_rebuild.find("finished: 80 events gave 1 rows")) << report.last_rebuild;
  world.commit("box-1");
  world.settle();
  EXPECT_EQ("", world.shelf_difference()) << "it goes on with the new table";
}

TEST(keyed_serving, a_rebuild_counts_right_although_nobody_knows_what_became_of_some_writes) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    keyed_world world(seed);
    for (int i = 0; i < 60; ++i) world.commit("box-" + std::to_string(i), "to " + std::string(1, char('A' + i % 7)));
    world.start_and_settle();
    world.settle();
    world.faults.write_unknown = 3;
    rebuild(world);
    world.settle();
    EXPECT_EQ(0u, world.shelf_report().last_rebuild.find("finished: 60 events gave 7 rows"))
        << world.shelf_report().last_rebuild;
    EXPECT_EQ("", world.shelf_difference());
  }
}

TEST(keyed_serving, a_rebuild_finds_out_when_somebody_writes_into_its_table) {
  keyed_world world(1);
  for (int i = 0; i < 40; ++i) world.commit("box-" + std::to_string(i), "to A");
  world.start_and_settle();
  rebuild(world);
  for (bool done = false; !done && world.sim.step();)
    world.rows_on_disk().checkpoints({"shelves", 2}, [&](auto at) {
      done = at && (*at)[0] > 0;
      const row_values row{std::string("B"), std::int64_t{1}, std::int64_t{1}};
      if (done) world.rows_on_disk().write({{"shelves", 2}, {{0, (*at)[0], (*at)[0]}}, {{0, row}}}, [](auto) {});
    });
  world.settle();
  EXPECT_EQ(0u, world.shelf_report().last_rebuild.find("failed: its table should hold")) << "found nothing wrong";
  EXPECT_EQ(1u, world.shelf_report().generation);
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_serving, a_checkpoint_of_an_event_that_is_not_there_stops_the_view_until_it_is_rebuilt) {
  keyed_world world(1);
  world.commit("box-1", "to A");
  world.start_and_settle();
  world.settle();
  world.stop();
  const auto shard = world.everything[0].shard;
  world.rows_on_disk().write({{"shelves", 1}, {{shard, 1, 7}}, {}, true}, [](auto) {});
  world.start();
  world.settle();
  const auto report = world.shelf_report();
  EXPECT_EQ("stopped", report.state);
  EXPECT_NE(report.stopped.at(0).reason.find("position 7 of shard " + std::to_string(shard)), std::string::npos);
  rebuild(world);
  world.settle();
  EXPECT_EQ("running", world.shelf_report().state);
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_serving, a_node_that_ends_writes_what_it_has_heard_of) {
  keyed_world world(1);
  world.start_and_settle();
  for (int i = 0; i < 30; ++i) world.commit("box-" + std::to_string(i), i % 2 == 0 ? "to A" : "nowhere");
  bool drained = false;
  world.reads->drain([&] { drained = true; });
  world.sim.run();
  EXPECT_TRUE(drained) << "no time need pass";
  EXPECT_EQ("", world.shelf_difference());
  world.rows_on_disk().checkpoints({"shelves", 1}, [&](auto at) { EXPECT_EQ(*at, world.maker.heads()); });
}

TEST(keyed_serving, a_node_that_ends_does_not_wait_for_what_is_held_back) {
  keyed_world world(1);
  world.start_and_settle();
  world.log.horizon = 2;
  for (int i = 0; i < 5; ++i) world.commit("box-" + std::to_string(i), "to A");
  bool drained = false;
  world.reads->drain([&] { drained = true; });
  world.sim.run();
  EXPECT_TRUE(drained);
}

} // namespace
} // namespace stele::kit
