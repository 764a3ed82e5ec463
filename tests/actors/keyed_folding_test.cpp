// A view with a key of its own holds every event exactly once, in the order of the log, whatever fails on the way.
#include "tests/kit/keyed_kit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stele::kit {
namespace {

using std::chrono::milliseconds;

/// A few events of several boxes; a box's first event says where it lies.
void commit_some(keyed_world& world) {
  std::vector<std::pair<std::string, std::string>> events;
  for (std::size_t i = 0, count = 1 + world.sim.below(6); i < count; ++i) {
    const auto shelf = std::string(1, static_cast<char>('A' + world.sim.below(3)));
    if (world.sim.one_in(5)) {
      events.emplace_back("crate-" + std::to_string(world.sim.below(3)), "1");
      continue;
    }
    const auto box = "box-" + std::to_string(world.sim.below(20));
    const bool first = world.maker.version(box) == 0 &&
                       std::none_of(events.begin(), events.end(), [&](const auto& it) { return it.first == box; });
    std::string what = "1";
    if (first)
      what = world.sim.one_in(6) ? "nowhere" : "to " + shelf;
    else if (world.sim.one_in(5))
      what = "also " + shelf;
    else if (world.sim.one_in(8))
      what = "unseen";
    events.emplace_back(box, what);
  }
  world.commit(events, !world.sim.one_in(6));
}

/// Asks for a shelf, with a token of the last event or without; the answer is checked at the end.
void ask_some(keyed_world& world, std::vector<std::function<void()>>& checks) {
  const auto id = std::string(1, static_cast<char>('A' + world.sim.below(3)));
  token after;
  std::size_t needed = 0;
  if (world.sim.one_in(2)) {
    needed = world.everything.size();
    const auto& last = world.everything.back();
    after = make_token(world.log.identity().history, last.shard, last.position);
  }
  const auto outcome = world.ask(world.shelf(id, after));
  checks.push_back([&world, id, needed, outcome] {
    ASSERT_TRUE(*outcome) << "a look-up was never answered";
    const auto* found = std::get_if<found_rows>(&**outcome);
    if (!found) return;
    const auto row = found->page.rows.empty() ? std::nullopt : std::optional(found->page.rows[0]);
    EXPECT_TRUE(world.is_a_beginning(id, row, found->as_of.stale ? 0 : needed)) << "shelf " << id;
  });
}

struct run_options {
  read_faults faults = {};
  bool restarts = false, rebuilds = false, late_commits = false;
};

void move_horizon(keyed_world& world) {
  const auto last = world.everything.size();
  const auto shown = world.log.horizon > last ? 0 : world.log.horizon;
  world.log.horizon = shown + world.sim.below(last - shown + 1);
}

void run_seed(std::uint64_t seed, const run_options& how) {
  keyed_world world(seed);
  world.faults = how.faults;
  if (how.late_commits) world.log.horizon = 0;
  world.start();
  std::vector<std::function<void()>> checks;
  for (int round = 0; round < 50; ++round) {
    commit_some(world);
    ask_some(world, checks);
    for (std::size_t i = world.sim.below(50); i > 0; --i) world.sim.step();
    if (world.sim.one_in(8)) world.sim.advance(milliseconds(world.sim.below(300)));
    if (how.late_commits && world.sim.one_in(3)) move_horizon(world);
    if (how.rebuilds && world.sim.one_in(10)) world.reads->rebuild("shelves", [](const auto&) {});
    if (how.restarts && world.sim.one_in(20)) {
      world.stop();
      if (world.sim.one_in(2)) world.sim.run(); // Else the old actors end while the new ones begin.
      world.start();
    }
  }
  world.faults = {};
  world.log.horizon = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < 20; ++i) world.commit("box-" + std::to_string(i), "also A"); // What was missed is heard of now.
  world.settle();
  EXPECT_EQ("", world.shelf_difference());
  const auto report = world.shelf_report();
  EXPECT_EQ("running", report.state);
  EXPECT_EQ(0u, report.lag_events);
  for (const auto& check : checks) check();
}

void run_seeds(std::uint64_t first, std::uint64_t last, const run_options& how) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    run_seed(seed, how);
  }
}

TEST(keyed_folding, rows_are_the_fold_of_the_log_in_its_order) { run_seeds(1, 40, {}); }

TEST(keyed_folding, rows_are_the_fold_of_the_log_when_stores_fail) { run_seeds(100, 180, {.faults = {9, 4, 12}}); }

TEST(keyed_folding, rows_are_the_fold_of_the_log_after_restarts_while_stores_fail) {
  run_seeds(200, 280, {.faults = {9, 4, 12}, .restarts = true});
}

TEST(keyed_folding, a_commit_that_is_shown_late_is_never_skipped) {
  run_seeds(300, 360, {.late_commits = true});
  run_seeds(361, 400, {.faults = {9, 4, 12}, .restarts = true, .late_commits = true});
}

TEST(keyed_folding, rebuilds_go_on_beside_all_that) {
  run_seeds(500, 540, {.rebuilds = true});
  run_seeds(541, 700, {.faults = {0, 9, 12}, .restarts = true, .rebuilds = true, .late_commits = true});
}

TEST(keyed_folding, a_restart_goes_on_behind_the_checkpoint) {
  keyed_world world(1);
  world.start_and_settle();
  for (int i = 0; i < 30; ++i) world.commit("box-" + std::to_string(i), "to A");
  world.settle();
  world.stop();
  world.sim.run();
  world.commit("box-3", "1", false);
  world.counters.events_folded = 0;
  const auto reads_before = world.log.stream_reads;
  world.start();
  world.settle();
  EXPECT_EQ(2u, world.counters.events_folded.load()) << "one for the boxes, one for the shelves";
  EXPECT_EQ(reads_before + 1, world.log.stream_reads) << "the first event of box 3 says where it lies";
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_folding, nothing_polls) {
  keyed_world world(1);
  world.start_and_settle();
  world.commit("box-1", "to A");
  world.settle();
  const auto before = world.log.all_reads;
  world.settle();
  EXPECT_EQ(before, world.log.all_reads);
}

TEST(keyed_folding, what_is_held_back_is_looked_for_with_growing_pauses) {
  keyed_world world(1);
  world.start_and_settle();
  world.log.horizon = 0;
  world.commit("box-1", "to A");
  world.settle();
  const auto looks = world.log.all_reads;
  EXPECT_LE(looks, 140u) << "in a minute";
  EXPECT_EQ(1u, world.shelf_report().lag_events);
  world.log.horizon = 1;
  world.sim.advance(milliseconds(500));
  world.sim.run();
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_folding, a_box_is_looked_up_once) {
  keyed_world world(1);
  world.settings.row_cache_rows_max = 100;
  world.commit("box-1", "to A", false);
  world.start_and_settle();
  for (int i = 0; i < 10; ++i) {
    world.commit("box-1", "1");
    world.settle();
  }
  EXPECT_EQ(0u, world.log.stream_reads) << "its first event went by";
  world.stop();
  world.sim.run();
  world.start_and_settle();
  for (int i = 0; i < 10; ++i) {
    world.commit("box-1", "1");
    world.settle();
  }
  EXPECT_EQ(1u, world.log.stream_reads);
  EXPECT_EQ("", world.shelf_difference());
}

TEST(keyed_folding, two_nodes_on_one_table_do_it_no_harm) {
  for (std::uint64_t seed = 700; seed <= 730; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    keyed_world world(seed);
    world.start();
    read_side other(read_parts{world.sim.system(), world.log, world.views, world.hosted, world.settings, world.sim.time,
                               world.counters, world.shards, nullptr, world.heads});
    for (int round = 0; round < 40; ++round) {
      commit_some(world);
      for (const auto& projector : other.projectors())
        if (world.sim.one_in(2)) caf::anon_send(projector, committed_events{batch_of({world.everything.back()})});
      for (std::size_t i = world.sim.below(50); i > 0; --i) world.sim.step();
      if (world.sim.one_in(4)) world.sim.advance(milliseconds(world.sim.below(300)));
    }
    for (int i = 0; i < 20; ++i) world.commit("box-" + std::to_string(i), "also A");
    world.settle();
    EXPECT_EQ("", world.shelf_difference());
  }
}

} // namespace
} // namespace stele::kit
