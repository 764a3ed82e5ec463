// Two nodes whose view was raised: one of them rebuilds it, whatever moves meanwhile, and neither undoes a newer one.
#include "tests/kit/two_nodes.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

/// Two nodes whose view was raised, about to rebuild it.
struct raised_nodes : two_nodes {
  explicit raised_nodes(std::uint64_t seed) : two_nodes(seed) {
    start_both();
    for (int i = 0; i < 30; ++i) store("box-" + std::to_string(i % 7));
    settle();
    second.reset();
    stop();
    sim.run();
    view = std::make_shared<box_view>(2);
    start_both_unopened();
  }

  void expect_both_run() {
    settle();
    EXPECT_EQ("", difference());
    for (const auto* node : {&reads, &second}) {
      std::vector<view_report> reports;
      (*node)->reports([&](auto all) { reports = std::move(all); });
      sim.run();
      EXPECT_EQ(reports.at(0).state, "running") << reports.at(0).last_rebuild;
    }
  }
};

TEST(cluster_raised, a_raised_version_is_rebuilt_though_the_first_shard_moves_meanwhile) {
  for (std::uint64_t seed = 70; seed <= 130; ++seed) {
    SCOPED_TRACE(seed);
    raised_nodes world(seed);
    for (std::size_t moves = 1 + world.sim.below(3); moves > 0; --moves) {
      for (std::size_t steps = world.sim.below(40); steps > 0; --steps) world.sim.step();
      world.move(home_shard);
    }
    world.expect_both_run();
  }
}

TEST(cluster_raised, a_shard_that_comes_and_goes_while_a_table_is_about_to_be_swapped_in_holds_up_nothing) {
  for (std::uint64_t seed = 150; seed <= 210; ++seed) {
    SCOPED_TRACE(seed);
    raised_nodes world(seed);
    for (std::size_t steps = world.sim.below(60); steps > 0; --steps) world.sim.step();
    world.faults.read_unavailable = 1;
    world.move(1);
    for (std::size_t steps = 1 + world.sim.below(6); steps > 0; --steps) world.sim.step();
    world.faults = {};
    world.sim.run(); // Its checkpoint is not read again before some time has passed.
    world.move(1);
    world.expect_both_run();
  }
}

TEST(cluster_raised, nodes_of_an_older_version_build_nothing_back_whoever_owns_the_first_shard) {
  two_nodes world(141);
  world.start_both();
  for (int i = 0; i < 20; ++i) world.store("box-" + std::to_string(i));
  world.settle();
  auto newer = world.view->definition();
  newer.version = 2;
  world.rows_on_disk().open_view(newer, [](auto) {});
  world.rows_on_disk().begin_rebuild({"boxes", 1}, [&](auto next) {
    world.rows_on_disk().finish_rebuild({"boxes", *next}, [](auto answer) { ASSERT_TRUE(answer); });
  });
  for (int i = 0; i < 20; ++i) world.store("box-" + std::to_string(i));
  world.settle();
  for (int moves = 0; moves < 3; ++moves) {
    world.move(home_shard);
    world.settle();
  }
  world.rows_on_disk().open_view(newer, [](auto status) { EXPECT_TRUE(status->current); });
}

TEST(cluster_raised, nodes_that_were_overtaken_by_a_newer_version_leave_its_half_built_table_alone) {
  raised_nodes world(142);
  for (int i = 0; i < 40; ++i) world.sim.step(); // They have opened the view, and look for a table of version 2.
  auto newer = world.view->definition();
  newer.version = 3;
  auto& store = world.rows_on_disk();
  store.open_view(newer, [](auto) {});
  store.begin_rebuild({"boxes", 1}, [&](auto next) { store.finish_rebuild({"boxes", *next}, [](auto) {}); });
  world.settle();
  store.open_view(newer, [&](auto status) {
    ASSERT_TRUE(status->current);
    store.begin_rebuild({"boxes", status->serving}, [](auto next) { ASSERT_TRUE(next); });
  });
  world.settle();
  store.open_view(newer, [](auto status) { EXPECT_TRUE(status->next); });
}

TEST(cluster_raised, a_shard_that_may_be_given_away_while_a_rebuilt_table_is_swapped_in_is_folded_on) {
  raised_nodes world(140);
  const shard_number shard = 2; // Of `here`.
  world.shards.set(shard, 0);
  world.sim.run();
  world.shards.set(shard, here);
  for (int i = 0; i < 20; ++i) world.store("box-" + std::to_string(i));
  world.expect_both_run();
}

} // namespace
} // namespace stele::kit
