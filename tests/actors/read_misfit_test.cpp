// A row that its table does not take stops one shard of one view, says so, and stops nothing else.
#include "tests/kit/keyed_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

constexpr const char* only_small = "new row violates check constraint \"only_small\"";

/// What somebody's constraint forbids: more than three events of box 5, more than six of a shelf.
void forbid_many(read_world& world) {
  world.views.misfit = [](const row_values& row) {
    const bool is_shelf = row.size() == 3;
    const auto count = std::get<std::int64_t>(row[1]);
    const bool many = is_shelf ? count > 6 : count > 3 && row[0] == field_value(std::string("5"));
    return many ? only_small : std::string();
  };
}

void allow_many(read_world& world) {
  world.views.misfit = [](const row_values&) { return std::string(); };
}

void resume(read_world& world, const std::string& view) {
  world.reads->resume(view, [](auto) {});
  world.settle();
}

/// Events of twenty boxes, all in the log before anybody folds; one of them makes the row that is not wanted.
recorded_event commit_one_too_many(read_world& world) {
  for (int i = 0; i < 60; ++i) world.commit("box-" + std::to_string(i % 20), "1", false);
  const auto last_straw = world.commit("box-5", "1", false)->front();
  for (int i = 0; i < 60; ++i) world.commit("box-" + std::to_string(i % 20), "1", false);
  return last_straw;
}

TEST(read_misfit, one_row_stops_its_shard_and_no_other) {
  read_world world(1);
  forbid_many(world);
  const auto last_straw = commit_one_too_many(world);
  world.start_and_settle();
  world.settle();
  const auto report = world.report();
  EXPECT_EQ("stopped", report.state);
  ASSERT_EQ(1u, report.stopped.size());
  EXPECT_EQ(last_straw.shard, report.stopped[0].shard);
  EXPECT_EQ(last_straw.position, report.stopped[0].position);
  EXPECT_EQ("its row 5 is not taken: " + std::string(only_small), report.stopped[0].reason);
  EXPECT_EQ(1u, world.counters.poison_events.load());
  std::vector<shard_position> written;
  world.rows_on_disk().checkpoints({"boxes", 1}, [&](auto found) { written = *found; });
  for (shard_number shard = 0; shard < written.size(); ++shard)
    EXPECT_EQ(shard == last_straw.shard ? last_straw.position - 1 : world.heads[shard], written[shard])
        << "shard " << shard;
}

TEST(read_misfit, a_write_that_fails_again_and_again_is_told_as_long_as_it_keeps_a_view_behind) {
  keyed_world world(3);
  world.start_and_settle();
  EXPECT_EQ("", world.report().trouble);
  world.faults.write_refused = 1;
  world.commit("box-1", "to A");
  for (int i = 0; i < 50; ++i) {
    world.sim.run();
    world.sim.advance(std::chrono::milliseconds(100));
  }
  for (const auto& report : {world.report(), world.shelf_report()}) {
    EXPECT_EQ("running", report.state);
    EXPECT_EQ(1u, report.lag_events);
    EXPECT_EQ("a write failed: disk full", report.trouble);
  }
  world.faults = {};
  world.settle();
  for (const auto& report : {world.report(), world.shelf_report()}) {
    EXPECT_EQ(0u, report.lag_events);
    EXPECT_EQ("", report.trouble);
  }
}

TEST(read_misfit, a_stopped_view_leaves_the_store_alone) {
  read_world world(2);
  forbid_many(world);
  commit_one_too_many(world);
  world.start_and_settle();
  world.settle();
  const auto writes = world.views.writes;
  world.settle();
  EXPECT_EQ(writes, world.views.writes);
  for (int i = 0; i < 20; ++i) { // Others go on, and what they write brings no try of the one that stopped.
    world.commit("box-" + std::to_string(i), "3");
    world.settle();
  }
  EXPECT_LE(world.views.writes, writes + 20);
}

TEST(read_misfit, it_is_tried_again_with_growing_pauses_while_others_are_written) {
  read_world world(3);
  forbid_many(world);
  world.start_and_settle();
  world.commit({{"box-5", "1"}, {"box-5", "1"}, {"box-5", "1"}, {"box-5", "1"}});
  int tries = 0;
  for (int i = 0; i < 290; ++i) { // The pauses are 100 and 200 ms; the third try is the last.
    world.commit("box-" + std::to_string(20 + i % 20), "1");
    const auto before = world.views.misfit;
    world.views.misfit = [&, before](const row_values& row) {
      const auto why = before(row);
      tries += why.empty() ? 0 : 1;
      return why;
    };
    world.sim.run();
    world.views.misfit = before;
    world.sim.advance(std::chrono::milliseconds(1));
  }
  EXPECT_GE(tries, 2);
  EXPECT_LE(tries, 4) << "the first of them with what came before it";
}

TEST(read_misfit, it_goes_on_by_itself_when_the_constraint_goes_in_time) {
  read_world world(4);
  forbid_many(world);
  commit_one_too_many(world);
  world.start_and_settle();
  allow_many(world);
  world.settle();
  EXPECT_EQ("running", world.report().state);
  EXPECT_EQ("", world.difference());
}

TEST(read_misfit, it_goes_on_when_the_view_is_resumed) {
  read_world world(5);
  forbid_many(world);
  commit_one_too_many(world);
  world.start_and_settle();
  world.settle();
  resume(world, "boxes");
  EXPECT_EQ("stopped", world.report().state) << "the constraint is still there";
  allow_many(world);
  resume(world, "boxes");
  EXPECT_EQ("running", world.report().state);
  EXPECT_EQ("", world.difference());
}

TEST(read_misfit, what_comes_later_does_not_pass_a_row_that_is_not_taken) {
  read_world world(6);
  forbid_many(world);
  world.start_and_settle();
  for (int i = 0; i < 6; ++i) world.commit("box-5", "1");
  world.settle();
  EXPECT_EQ(1u, world.report().stopped.size());
  allow_many(world);
  world.commit("box-5", "1");
  world.settle();
  EXPECT_EQ("stopped", world.report().state);
  resume(world, "boxes");
  EXPECT_EQ("", world.difference());
}

TEST(read_misfit, rows_are_the_fold_of_the_log_whatever_fails_beside_it) {
  for (std::uint64_t seed = 100; seed < 160; ++seed) {
    read_world world(seed);
    forbid_many(world);
    world.faults = {9, 4, 12};
    world.start();
    for (int i = 0; i < 120; ++i) {
      world.commit("box-" + std::to_string(world.sim.below(20)), "1", world.sim.one_in(2));
      for (std::size_t steps = world.sim.below(20); steps > 0; --steps) world.sim.step();
      if (world.sim.one_in(5)) world.sim.advance(std::chrono::milliseconds(50));
    }
    world.settle();
    world.faults = {};
    allow_many(world);
    for (int i = 0; i < 20; ++i) world.commit("box-" + std::to_string(i)); // Of what came unheard, these tell.
    resume(world, "boxes");
    ASSERT_EQ("", world.difference()) << "seed " << seed;
    ASSERT_EQ("running", world.report().state) << "seed " << seed;
  }
}

TEST(read_misfit, a_rebuild_that_meets_it_says_so_and_the_old_table_serves_on) {
  read_world world(7);
  commit_one_too_many(world);
  world.start_and_settle();
  world.settle();
  forbid_many(world);
  world.reads->rebuild("boxes", [](auto) {});
  world.settle();
  const auto report = world.report();
  EXPECT_EQ(1u, report.generation);
  EXPECT_EQ(0u, report.last_rebuild.find("failed: shard")) << report.last_rebuild;
  EXPECT_NE(std::string::npos, report.last_rebuild.find(only_small)) << report.last_rebuild;
  allow_many(world);
  world.reads->rebuild("boxes", [](auto) {});
  world.settle();
  EXPECT_EQ(0u, world.report().last_rebuild.find("finished")) << world.report().last_rebuild;
  EXPECT_EQ("", world.difference());
}

TEST(read_misfit, one_row_stops_a_view_with_its_own_keys_and_no_other_view) {
  for (const int before : {0, 60}) {
    keyed_world world(8);
    forbid_many(world);
    for (int i = 0; i < before; ++i) world.commit("box-9", "nowhere", false); // They change no row.
    for (int i = 0; i < 6; ++i) world.commit("box-1", i == 0 ? "to A" : "1", false);
    world.commit("box-2", "to B", false);
    const auto seventh = world.commit("box-1", "1", false)->front();
    world.commit({{"box-2", "1"}, {"box-1", "1"}}, false);
    world.start_and_settle();
    world.settle();
    const auto report = world.shelf_report();
    EXPECT_EQ("stopped", report.state);
    ASSERT_EQ(1u, report.stopped.size());
    EXPECT_EQ(seventh.shard, report.stopped[0].shard);
    EXPECT_EQ(seventh.position, report.stopped[0].position);
    EXPECT_EQ("its row A is not taken: " + std::string(only_small), report.stopped[0].reason);
    EXPECT_EQ(3u, report.lag_events) << "everything before it is written";
    EXPECT_EQ("running", world.report(0).state) << "the other view goes on";
    const auto writes = world.views.writes;
    world.settle();
    EXPECT_EQ(writes, world.views.writes) << "and leaves the store alone";
    allow_many(world);
    resume(world, "shelves");
    EXPECT_EQ("running", world.shelf_report().state);
    EXPECT_EQ("", world.shelf_difference());
  }
}

} // namespace
} // namespace stele::kit
