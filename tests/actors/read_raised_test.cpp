// A view whose version was raised is made anew, whatever fails on the way and whoever else does it.
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

TEST(read_raised, a_new_version_of_a_view_is_rebuilt_at_start_while_the_old_one_serves) {
  read_world world(6);
  commit_many(world, 60);
  world.start_and_settle();
  world.stop();
  world.sim.run();
  const auto old_row = *world.folded("1", 100);
  world.view = std::make_shared<box_view>(2);
  const auto new_row = *world.folded("1", 100);
  ASSERT_NE(old_row, new_row);
  world.start();
  std::optional<query_outcome> first;
  while (!first && world.sim.step()) {
    if (!world.reads->ready()) continue;
    const auto outcome = world.ask(world.look_up("1"));
    for (int i = 0; i < 40 && !*outcome; ++i) world.sim.step();
    first = *outcome;
  }
  ASSERT_TRUE(first);
  EXPECT_EQ(old_row, std::get<found_rows>(*first).page.rows.at(0)) << "the old table serves";
  world.settle();
  const auto outcome = world.ask(world.look_up("1"));
  world.sim.run();
  EXPECT_EQ(new_row, rows_of(outcome).page.rows.at(0));
  EXPECT_EQ("", world.difference());
  EXPECT_EQ("running", world.report().state);
}

/// A world whose view was served in version 1, and is hosted in version 2 from now on.
struct raised_world : read_world {
  explicit raised_world(std::uint64_t seed) : read_world(seed) {
    commit_many(*this, 60);
    start_and_settle();
    stop();
    sim.run();
    view = std::make_shared<box_view>(2);
  }

  /// Until the store has a table for a rebuild.
  void run_until_rebuilding() {
    start();
    while (!store_status().next && sim.step()) {}
  }

  view_status store_status() {
    view_status found;
    rows_on_disk().open_view(view->definition(), [&](auto answer) { found = *answer; });
    return found;
  }
};

TEST(read_raised, a_raised_version_is_rebuilt_though_that_fails_for_a_while) {
  for (std::uint64_t seed = 400; seed <= 440; ++seed) {
    SCOPED_TRACE(seed);
    raised_world world(seed);
    world.faults = {2, 2, 2, 2};
    world.start();
    for (int i = 0; i < 100; ++i) {
      world.sim.run();
      world.sim.advance(std::chrono::milliseconds(100));
    }
    world.faults = {};
    world.settle();
    EXPECT_EQ("running", world.report().state) << world.report().last_rebuild;
    EXPECT_EQ("", world.difference());
  }
}

TEST(read_raised, a_raised_version_with_an_event_that_cannot_be_folded_waits_to_be_resumed) {
  raised_world world(11);
  world.view->mended = true;
  world.commit("box-1", "poison", false);
  world.view->mended = false;
  world.start();
  world.settle();
  EXPECT_EQ("stopped", world.report().state);
  EXPECT_EQ(0u, world.report().last_rebuild.find("failed: shard")) << world.report().last_rebuild;
  world.view->mended = true;
  world.settle();
  EXPECT_EQ("stopped", world.report().state);
  world.reads->resume("boxes", [](auto) {});
  world.settle();
  EXPECT_EQ("running", world.report().state) << world.report().last_rebuild;
  EXPECT_EQ("", world.difference());
}

TEST(read_raised, a_rebuild_whose_table_another_one_dropped_is_begun_again) {
  for (std::uint64_t seed = 450; seed <= 470; ++seed) {
    SCOPED_TRACE(seed);
    raised_world world(seed);
    world.run_until_rebuilding();
    for (std::size_t steps = world.sim.below(80); steps > 0; --steps) world.sim.step();
    const auto at = world.store_status();
    if (!at.next) continue; // It was faster.
    world.rows_on_disk().begin_rebuild({"boxes", at.serving}, [](auto answer) { ASSERT_TRUE(answer); });
    world.settle();
    EXPECT_EQ("running", world.report().state) << world.report().last_rebuild;
    EXPECT_EQ("", world.difference());
    EXPECT_GT(world.report().generation, *at.next + 1);
  }
}

TEST(read_raised, a_table_that_another_node_swapped_in_is_taken_up) {
  for (std::uint64_t seed = 480; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    read_world world(seed);
    commit_many(world, 30);
    world.start_and_settle();
    world.rows_on_disk().begin_rebuild({"boxes", 1}, [&](auto next) {
      world.rows_on_disk().finish_rebuild({"boxes", *next}, [](auto answer) { ASSERT_TRUE(answer); });
    });
    commit_many(world, 5);
    world.settle();
    EXPECT_EQ("", world.difference());
    EXPECT_EQ(2u, world.report().generation);
    EXPECT_EQ(0u, world.report().lag_events);
  }
}

TEST(read_raised, a_node_of_an_older_version_stands_still_when_a_newer_table_serves) {
  read_world world(501);
  commit_many(world, 30);
  world.start_and_settle();
  auto newer = world.view->definition();
  newer.version = 2;
  world.rows_on_disk().open_view(newer, [](auto) {});
  world.rows_on_disk().begin_rebuild({"boxes", 1}, [&](auto next) {
    world.rows_on_disk().finish_rebuild({"boxes", *next}, [](auto answer) { ASSERT_TRUE(answer); });
  });
  commit_many(world, 5);
  world.settle();
  EXPECT_EQ("stopped", world.report().state);
  EXPECT_EQ(2u, world.report().generation);
  world.reads->resume("boxes", [](auto) {});
  world.settle();
  world.rows_on_disk().open_view(newer, [](auto status) { EXPECT_TRUE(status->current) << "it is not built back"; });
}

} // namespace
} // namespace stele::kit
