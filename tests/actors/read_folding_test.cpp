// Every event reaches the rows exactly once, whatever fails on the way.
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

using std::chrono::milliseconds;

std::string some_box(read_world& world) { return "box-" + std::to_string(world.sim.below(9)); }

/// A few events of several streams, some of another aggregate, handed over or not.
void commit_some(read_world& world) {
  std::vector<std::pair<std::string, std::string>> events;
  for (std::size_t i = 0, count = 1 + world.sim.below(6); i < count; ++i) {
    const bool other = world.sim.one_in(4);
    events.emplace_back(other ? "crate-" + std::to_string(world.sim.below(3)) : some_box(world),
                        std::to_string(world.sim.below(100)));
  }
  world.commit(events, !world.sim.one_in(6));
}

/// What must hold of the answer to a look-up: a fold of the box's first events, at least of those it had to hold.
void check_answer(read_world& world, const std::string& id, shard_position target, const found_rows& found) {
  const auto& events = world.boxes[id];
  std::size_t needed = 0;
  for (const auto& event : events) needed += event.position <= target;
  if (found.page.rows.empty()) {
    EXPECT_TRUE(needed == 0 || found.as_of.stale) << "box " << id << " is missing";
    return;
  }
  const auto count = static_cast<std::size_t>(std::get<std::int64_t>(found.page.rows[0][1]));
  EXPECT_TRUE(count >= needed || found.as_of.stale) << "box " << id << ": unmarked old data";
  EXPECT_EQ(world.folded(id, count), found.page.rows[0]) << "box " << id << " was folded wrongly";
}

void ask_some(read_world& world, std::vector<std::function<void()>>& checks) {
  const auto id = std::to_string(world.sim.below(9));
  const auto shard = shard_of("box-" + id, world.heads.size());
  const auto target = world.heads[shard];
  token after;
  if (target > 0 && world.sim.one_in(2)) after = make_token(world.log.identity().history, shard, target);
  const auto outcome = world.ask(world.look_up(id, after));
  checks.push_back([&world, id, target, outcome] {
    ASSERT_TRUE(*outcome) << "a look-up was never answered";
    if (const auto* found = std::get_if<found_rows>(&**outcome)) check_answer(world, id, target, *found);
  });
}

void run_seed(std::uint64_t seed, const read_faults& faults, bool restarts) {
  read_world world(seed);
  world.faults = faults;
  world.start();
  std::vector<std::function<void()>> checks;
  for (int round = 0; round < 60; ++round) {
    commit_some(world);
    ask_some(world, checks);
    for (std::size_t i = world.sim.below(40); i > 0; --i) world.sim.step();
    if (world.sim.one_in(8)) world.sim.advance(milliseconds(world.sim.below(300)));
    if (restarts && world.sim.one_in(20)) {
      world.stop();
      if (world.sim.one_in(2)) world.sim.run(); // Else the old actors end while the new ones begin.
      world.start();
    }
  }
  world.faults = {};
  for (int i = 0; i < 9; ++i) world.commit("box-" + std::to_string(i)); // What was not handed over is missed now.
  world.settle();
  EXPECT_EQ("", world.difference());
  for (const auto& check : checks) check();
  EXPECT_TRUE(restarts || world.counters.queries_in_flight.load() == 0);
}

TEST(read_folding, rows_are_the_fold_of_the_log) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, {}, false);
  }
}

TEST(read_folding, rows_are_the_fold_of_the_log_when_stores_fail) {
  for (std::uint64_t seed = 100; seed <= 220; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, {9, 6, 12}, false);
  }
}

TEST(read_folding, rows_are_the_fold_of_the_log_after_restarts_while_stores_fail) {
  for (std::uint64_t seed = 300; seed <= 420; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, {9, 4, 12}, true);
  }
}

TEST(read_folding, an_event_is_folded_into_memory_before_it_is_written) {
  read_world world(1);
  world.start_and_settle();
  world.commit("box-1");
  world.sim.run();
  world.views.hold_writes = true;
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.look_up("1", world.token_of(batch)));
  world.sim.run();
  EXPECT_EQ(world.folded("1", 2), rows_of(outcome).page.rows.at(0));
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
  world.views.let_go();
  world.settle();
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, rows_on_an_unproven_checkpoint_are_shown_to_nobody) {
  read_world world(1);
  world.start_and_settle();
  world.views.hold_writes = true;
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.look_up("1", world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(*outcome); // Nothing this projector wrote has passed the guard yet.
  world.views.let_go();
  world.sim.run();
  EXPECT_EQ(world.folded("1", 1), rows_of(outcome).page.rows.at(0));
}

TEST(read_folding, what_arrives_during_a_write_goes_into_the_next) {
  read_world world(3);
  world.settings.fold_events_max = 100;
  world.start_and_settle();
  world.commit("box-1");
  world.sim.run();
  world.views.hold_writes = true;
  const auto before = world.views.writes;
  for (int i = 0; i < 10; ++i) {
    world.commit("box-" + std::to_string(i));
    world.sim.run();
  }
  EXPECT_EQ(before + 1, world.views.writes);
  world.views.let_go();
  world.sim.run();
  EXPECT_EQ(before + 2, world.views.writes);
  EXPECT_EQ(9u, world.views.rows_in_write_max);
  EXPECT_EQ("", world.difference());
}

/// One write that took 50 ms; from then on the next may wait 100 ms for more.
void write_slowly(read_world& world) {
  world.start_and_settle();
  world.views.hold_writes = true;
  world.commit("box-1");
  world.sim.run();
  world.sim.advance(std::chrono::milliseconds(50));
  world.views.let_go();
  world.sim.run();
}

TEST(read_folding, after_a_slow_write_changes_gather_before_the_next) {
  read_world world(30);
  write_slowly(world);
  const auto before = world.views.writes;
  for (int i = 0; i < 5; ++i) {
    world.commit("box-1");
    world.sim.run();
  }
  EXPECT_EQ(before, world.views.writes);
  EXPECT_EQ(world.folded("1", 6), rows_of(world.ask(world.look_up("1"))).page.rows.at(0)); // From memory, as ever.
  world.sim.advance(std::chrono::milliseconds(100));
  world.sim.run();
  EXPECT_EQ(before + 1, world.views.writes);
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, nobody_waits_for_changes_to_gather) {
  read_world world(31);
  write_slowly(world);
  const auto before = world.views.writes;
  const auto batch = world.commit("box-1");
  world.sim.run();
  EXPECT_EQ(before, world.views.writes);
  const auto outcome = world.ask(world.list("2", world.token_of(batch)));
  world.sim.run();
  EXPECT_EQ(before + 1, world.views.writes);
  EXPECT_EQ(1u, rows_of(outcome).page.rows.size());
  world.commit("box-1"); // Somebody may wait again: there is no pause now.
  world.sim.run();
  EXPECT_EQ(before + 2, world.views.writes);
}

TEST(read_folding, a_write_holds_no_more_events_than_the_limit) {
  read_world world(4);
  world.start_and_settle();
  for (int i = 0; i < 50; ++i) world.commit("box-" + std::to_string(i));
  world.settle();
  EXPECT_LE(world.views.rows_in_write_max, world.settings.write_events_max);
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, events_handed_over_without_a_gap_are_not_read_again) {
  read_world world(5);
  world.start_and_settle();
  for (int i = 0; i < 30; ++i) {
    world.commit("box-" + std::to_string(i % 3));
    world.sim.run();
  }
  EXPECT_EQ(0u, world.log.shard_reads);
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, a_gap_is_read_from_the_store) {
  read_world world(6);
  world.start_and_settle();
  world.commit("box-1", "1", false);
  world.commit("box-1", "2", false);
  world.commit("box-1", "3");
  world.sim.run();
  EXPECT_EQ(1u, world.log.shard_reads);
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, what_is_beyond_the_hand_over_limit_is_read_from_the_store) {
  read_world world(7);
  world.settings.handover_events_max = 3;
  world.start_and_settle();
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 30; ++i) many.emplace_back("box-" + std::to_string(i), "1");
  world.commit(many);
  world.settle();
  EXPECT_GT(world.log.shard_reads, 0u);
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, a_new_node_catches_up_from_the_checkpoint) {
  read_world world(8);
  for (int i = 0; i < 40; ++i) world.commit("box-" + std::to_string(i % 4));
  world.start_and_settle();
  EXPECT_EQ("", world.difference());
  world.stop();
  world.commit("box-1");
  world.start_and_settle();
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, catching_up_needs_no_timer) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    read_world world(seed);
    for (int i = 0; i < 100; ++i) world.commit({{"box-" + std::to_string(i % 11), "1"}, {"crate-1", "1"}});
    world.start_and_settle();
    EXPECT_EQ("", world.difference()) << "seed " << seed;
  }
}

TEST(read_folding, a_write_that_came_late_is_not_folded_twice) {
  read_world world(9);
  world.start_and_settle();
  world.commit("box-1");
  world.sim.run();
  const auto shard = shard_of("box-1", 4);
  world.commit("box-1", "2", false);
  // Somebody else folds it, as a statement of an earlier life of this node would.
  const auto row = *world.folded("1", 2);
  world.rows_on_disk().write({{"boxes", 1}, {{shard, 1, 2}}, {{shard, row}}}, [](auto) {});
  const auto batch = world.commit("box-1", "3");
  const auto outcome = world.ask(world.look_up("1", world.token_of(batch)));
  world.settle();
  EXPECT_GT(world.counters.guard_refusals.load(), 0u);
  EXPECT_EQ(world.folded("1", 3), rows_of(outcome).page.rows.at(0));
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, checkpoints_of_foreign_events_are_written_at_leisure) {
  read_world world(10);
  world.start_and_settle();
  world.commit("crate-1");
  world.sim.run();
  EXPECT_EQ(0u, world.views.writes);
  const auto batch = world.commit("crate-1");
  const auto listed = world.ask(world.list("0", world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(rows_of(listed).as_of.stale); // No row waits, so a list need not wait for a checkpoint either.
  EXPECT_EQ(0, rows_of(listed).as_of.lag_ms);
  world.settle();
  EXPECT_EQ(1u, world.views.writes);
}

TEST(read_folding, draining_writes_everything) {
  read_world world(11);
  world.start_and_settle();
  world.commit({{"box-1", "1"}, {"crate-1", "1"}});
  bool drained = false;
  world.reads->drain([&] { drained = true; });
  world.sim.run();
  EXPECT_TRUE(drained);
  std::vector<shard_position> at;
  world.rows_on_disk().checkpoints({"boxes", 1}, [&](auto found) { at = *found; });
  EXPECT_EQ(world.maker.heads(), at);
}

TEST(read_folding, draining_does_not_wait_for_what_is_still_to_be_read) {
  read_world world(13);
  for (int i = 0; i < 200; ++i) world.commit("box-1");
  world.start();
  bool drained = false;
  world.reads->drain([&] { drained = true; }); // Not even open yet.
  for (int i = 0; i < 10 && !drained; ++i) world.sim.step();
  EXPECT_TRUE(drained);
  while (!world.reads->ready()) world.sim.step();
  drained = false;
  world.reads->drain([&] { drained = true; });
  while (!drained && world.sim.step()) {}
  EXPECT_TRUE(drained);
  EXPECT_NE("", world.difference());
  world.sim.run();
  EXPECT_EQ("", world.difference());
}

TEST(read_folding, a_paused_view_stands_still_until_it_is_resumed) {
  read_world world(12);
  world.start_and_settle();
  std::optional<refusal> why;
  world.reads->pause("boxes", [&](auto answer) { why = answer; });
  world.sim.run();
  EXPECT_FALSE(why);
  for (int i = 0; i < 60; ++i) world.commit("box-1");
  world.sim.run();
  EXPECT_EQ("paused", world.report().state);
  EXPECT_EQ(60u, world.report().lag_events);
  EXPECT_NE("", world.difference());
  world.reads->resume("boxes", [&](auto answer) { why = answer; });
  world.settle();
  EXPECT_EQ("running", world.report().state);
  EXPECT_EQ(0u, world.report().lag_events);
  EXPECT_EQ("", world.difference());
  world.reads->pause("nothing", [&](auto answer) { why = answer; });
  EXPECT_EQ(refusal_kind::not_found, why->kind);
}

} // namespace
} // namespace stele::kit
