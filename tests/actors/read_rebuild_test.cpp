// A view is rebuilt beside the one that serves, checked, and swapped in; nobody sees less than before.
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stele::kit {
namespace {

void rebuild(read_world& world) {
  world.reads->rebuild("boxes", [](const auto&) {});
}

/// Writes a row behind the back of the projector of that generation.
void spoil(read_world& world, std::uint32_t generation, const std::string& id) {
  const auto shard = shard_of("box-" + id, 4);
  world.rows_on_disk().checkpoints({"boxes", generation}, [&](auto at) {
    const row_values row{id, std::int64_t{1}, std::int64_t{1}, {}};
    world.rows_on_disk().write({{"boxes", generation}, {{shard, (*at)[shard], (*at)[shard]}}, {{shard, row}}},
                               [](auto) {});
  });
}

TEST(read_rebuild, the_new_table_is_the_fold_of_the_log) {
  read_world world(1);
  commit_many(world, 100);
  world.start_and_settle();
  rebuild(world);
  world.settle();
  const auto report = world.report();
  EXPECT_EQ("running", report.state);
  EXPECT_EQ(2u, report.generation);
  EXPECT_EQ(0u, report.last_rebuild.find("finished: 200 events gave 11 rows")) << report.last_rebuild;
  EXPECT_EQ("", world.difference());
  world.commit("box-1");
  world.settle();
  EXPECT_EQ("", world.difference());
}

TEST(read_rebuild, a_row_that_was_spoiled_is_mended) {
  read_world world(2);
  commit_many(world, 30);
  world.start_and_settle();
  spoil(world, 1, "1");
  EXPECT_NE("", world.difference());
  rebuild(world);
  world.settle();
  EXPECT_EQ("", world.difference());
}

TEST(read_rebuild, an_empty_log_is_rebuilt_as_well) {
  read_world world(3);
  world.start_and_settle();
  rebuild(world);
  world.settle();
  EXPECT_EQ(2u, world.report().generation);
  EXPECT_EQ("running", world.report().state);
}

TEST(read_rebuild, progress_is_shown_and_a_second_one_is_refused) {
  read_world world(4);
  commit_many(world, 100);
  world.start_and_settle();
  rebuild(world);
  bool seen = false;
  while (world.sim.step()) {
    if (seen) continue;
    const auto progress = [&] {
      std::optional<rebuild_progress> found;
      world.reads->reports([&](auto all) { found = all.at(0).rebuild; });
      for (int i = 0; i < 5; ++i) world.sim.step();
      return found;
    }();
    seen = progress && progress->events_done > 0 && progress->events_done < progress->events_total &&
           progress->events_total == 200;
    if (seen) {
      std::optional<refusal> why;
      world.reads->rebuild("boxes", [&](auto answer) { why = answer; });
      for (int i = 0; i < 20 && !why; ++i) world.sim.step();
      ASSERT_TRUE(why);
      EXPECT_EQ("rebuilding", why->code);
    }
  }
  EXPECT_TRUE(seen);
  world.settle();
  EXPECT_EQ("", world.difference());
}

/// Commits, look-ups and lists go on while the view is rebuilt; the node may be killed in the middle.
void run_seed(std::uint64_t seed, const read_faults& faults, bool kill) {
  read_world world(seed);
  commit_many(world, 40);
  world.start_and_settle();
  rebuild(world);
  world.faults = faults;
  const std::string id = "1";
  const auto shard = shard_of("box-" + id, 4);
  for (int round = 0; round < 80; ++round) {
    world.commit("box-" + std::to_string(world.sim.below(11)), "1", !world.sim.one_in(8));
    const auto target = world.heads[shard];
    const auto count = world.boxes[id].size();
    const auto outcome = world.ask(world.look_up(id, make_token(world.log.identity().history, shard, target), 60'000));
    for (std::size_t i = world.sim.below(60); i > 0; --i) world.sim.step();
    if (*outcome && std::holds_alternative<found_rows>(**outcome)) {
      const auto& found = rows_of(outcome);
      const auto folded = static_cast<std::size_t>(std::get<std::int64_t>(found.page.rows.at(0)[1]));
      EXPECT_TRUE(found.as_of.stale || folded >= count);
      EXPECT_EQ(world.folded(id, folded), found.page.rows[0]);
    }
    if (world.sim.one_in(6)) world.sim.advance(std::chrono::milliseconds(50));
    if (kill && round == 20 + static_cast<int>(seed % 30)) {
      world.stop();
      world.start();
    }
  }
  world.faults = {};
  for (int i = 0; i < 11; ++i) world.commit("box-" + std::to_string(i));
  world.settle();
  EXPECT_EQ("", world.difference());
  const auto report = world.report();
  EXPECT_EQ("running", report.state) << report.last_rebuild;
  EXPECT_EQ(0u, report.lag_events);
}

TEST(read_rebuild, positions_never_go_back) {
  for (std::uint64_t seed = 300; seed <= 340; ++seed) {
    read_world world(seed);
    commit_many(world, 20);
    world.start_and_settle();
    rebuild(world);
    std::map<shard_number, shard_position> seen;
    std::shared_ptr<std::optional<query_outcome>> outcome;
    for (int i = 0; i < 4000; ++i) {
      if (world.sim.one_in(8)) world.commit("box-" + std::to_string(world.sim.below(11)));
      world.sim.step();
      if (!outcome) outcome = world.ask(world.list("1"));
      if (!*outcome) continue;
      for (const auto& [shard, position] : rows_of(outcome).as_of.at.positions) {
        ASSERT_LE(seen[shard], position) << "seed " << seed << ", step " << i;
        seen[shard] = position;
      }
      for (const auto& row : rows_of(outcome).page.rows) {
        const auto& events = world.boxes[std::get<std::string>(row[0])];
        const auto told = [&](const auto& event) { return event.position <= seen[event.shard]; };
        ASSERT_LE(std::count_if(events.begin(), events.end(), told), std::get<std::int64_t>(row[1]))
            << "seed " << seed << ", step " << i;
      }
      outcome.reset();
    }
    world.settle();
    EXPECT_EQ(2u, world.report().generation);
  }
}

TEST(read_rebuild, commits_and_queries_go_on_meanwhile) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, {}, false);
  }
}

TEST(read_rebuild, failing_stores_spoil_nothing) {
  for (std::uint64_t seed = 100; seed <= 160; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, {12, 12, 15}, false);
  }
}

TEST(read_rebuild, a_node_killed_in_the_middle_begins_again) {
  for (std::uint64_t seed = 200; seed <= 260; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, {12, 12, 15}, true);
  }
}

TEST(read_rebuild, a_kill_in_the_middle_is_followed_by_a_rebuild_of_its_own) {
  read_world world(5);
  commit_many(world, 200);
  world.start_and_settle();
  rebuild(world);
  for (int i = 0; i < 60; ++i) world.sim.step();
  world.stop();
  world.sim.run();
  world.start();
  world.settle();
  EXPECT_EQ(0u, world.report().last_rebuild.find("finished")) << world.report().last_rebuild;
  EXPECT_GE(world.report().generation, 3u);
  EXPECT_EQ("", world.difference());
}

TEST(read_rebuild, an_event_that_cannot_be_folded_ends_it_and_the_old_table_serves_on) {
  read_world world(7);
  commit_many(world, 30);
  world.start_and_settle();
  world.view->mended = true;
  world.commit("box-1", "poison");
  world.settle();
  world.view->mended = false;
  rebuild(world);
  world.settle();
  const auto report = world.report();
  EXPECT_EQ("running", report.state);
  EXPECT_EQ(1u, report.generation);
  EXPECT_EQ(0u, report.last_rebuild.find("failed: shard")) << report.last_rebuild;
  EXPECT_EQ("", world.difference());
  world.view->mended = true;
  rebuild(world);
  world.settle();
  EXPECT_EQ(0u, world.report().last_rebuild.find("finished")) << world.report().last_rebuild;
  EXPECT_EQ("", world.difference());
}

TEST(read_rebuild, a_table_that_is_not_what_was_counted_is_not_taken) {
  read_world world(8);
  commit_many(world, 60);
  world.start_and_settle();
  rebuild(world);
  for (int i = 0; i < 40; ++i) world.sim.step();
  spoil(world, 2, "stranger");
  world.settle();
  const auto report = world.report();
  EXPECT_EQ(1u, report.generation);
  EXPECT_EQ(0u, report.last_rebuild.find("failed: its table should hold 11 rows")) << report.last_rebuild;
  EXPECT_EQ("", world.difference());
}

TEST(read_rebuild, a_shard_that_stopped_goes_on_in_the_new_table) {
  read_world world(9);
  commit_many(world, 30);
  world.start_and_settle();
  world.commit("box-1", "poison");
  world.commit("box-1", "2");
  world.settle();
  ASSERT_EQ("stopped", world.report().state);
  world.view->mended = true;
  rebuild(world);
  world.settle();
  EXPECT_EQ("running", world.report().state);
  EXPECT_EQ("", world.difference());
}

TEST(read_rebuild, a_paused_view_stays_paused) {
  read_world world(10);
  commit_many(world, 30);
  world.start_and_settle();
  world.reads->pause("boxes", [](auto) {});
  rebuild(world);
  world.settle();
  EXPECT_EQ("paused", world.report().state);
  EXPECT_EQ(2u, world.report().generation);
  world.commit("box-1");
  world.settle();
  EXPECT_NE("", world.difference());
  world.reads->resume("boxes", [](auto) {});
  world.settle();
  EXPECT_EQ("", world.difference());
}

} // namespace
} // namespace stele::kit
