// Two nodes read one store: rows are folded where the shard is owned, and an answer anywhere holds what was asked for.
#include "tests/kit/keyed_kit.hpp"
#include "tests/kit/two_nodes.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

using std::chrono::milliseconds;

TEST(cluster_reads, a_look_up_goes_to_the_node_that_owns_the_key) {
  two_nodes world(1);
  world.start_both();
  const std::string stream = world.stream_of(there);
  const auto batch = world.store(stream);
  const auto outcome = world.ask(world.look_up(std::string(id_of(stream)), world.token_of(batch)));
  world.sim.run();
  EXPECT_EQ(world.folded(std::string(id_of(stream)), 1), rows_of(outcome).page.rows.at(0));
  EXPECT_EQ(world.way.look_ups, 1u);
}

TEST(cluster_reads, a_look_up_whose_owner_is_silent_waits_for_the_row_in_the_store) {
  two_nodes world(2);
  world.start_both();
  const std::string stream = world.stream_of(there);
  world.way.broken = true;
  const auto batch = world.store(stream);
  const auto outcome = world.ask(world.look_up(std::string(id_of(stream)), world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(*outcome) << "nobody told how far the row is written";
  world.way.broken = false;
  world.sim.advance(milliseconds(100));
  world.sim.run();
  EXPECT_EQ(world.folded(std::string(id_of(stream)), 1), rows_of(outcome).page.rows.at(0));
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

TEST(cluster_reads, a_row_kept_in_memory_is_not_shown_after_its_shard_has_moved) {
  two_nodes world(8);
  world.start_both();
  const std::string stream = world.stream_of(here);
  world.store(stream);
  world.settle();
  world.move(shard_of(stream, 4));
  world.sim.run();
  world.way.broken = true; // So that the look-up stays here.
  const auto batch = world.store(stream);
  const auto outcome = world.ask(world.look_up(std::string(id_of(stream)), world.token_of(batch)));
  world.sim.run();
  world.way.broken = false;
  world.sim.advance(milliseconds(100));
  world.sim.run();
  EXPECT_EQ(world.folded(std::string(id_of(stream)), 2), rows_of(outcome).page.rows.at(0));
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

TEST(cluster_reads, a_list_holds_what_another_node_stored) {
  two_nodes world(3);
  world.start_both();
  const auto first = world.store(world.stream_of(there));
  const auto second = world.store(world.stream_of(here));
  token both = world.token_of(first);
  merge(both, world.token_of(second));
  const auto outcome = world.ask(world.list("1", both));
  world.sim.run();
  EXPECT_EQ(rows_of(outcome).page.rows.size(), 2u);
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
  EXPECT_GE(world.way.questions, 1u);
}

TEST(cluster_reads, a_question_of_another_node_is_answered_where_nobody_more_may_wait) {
  two_nodes world(7);
  world.settings.waiters_max = 0;
  world.start_both();
  const std::string stream = world.stream_of(here);
  std::optional<written_up_to> told;
  world.reads->await({"boxes", shard_of(stream, 4), 1, 1000}, [&](written_up_to found) { told = found; });
  world.sim.run();
  ASSERT_TRUE(told) << "it is answered at once, below what was asked";
  EXPECT_EQ(told->position, 0u);
  EXPECT_EQ(world.counters.queries_in_flight, 0u);
  world.store(stream);
  world.settle();
  const auto outcome = world.ask(world.list("1"));
  world.sim.run();
  EXPECT_EQ(rows_of(outcome).page.rows.size(), 1u) << "the query actor lives";
}

TEST(cluster_reads, a_late_answer_of_a_former_owner_says_nothing_of_rows_in_memory) {
  two_nodes world(11);
  world.start_both();
  const std::string stream = world.stream_of(there);
  const shard_number shard = shard_of(stream, 4);
  const auto first = world.store(stream);
  world.settle();
  world.way.keeps = true;
  token beyond = world.token_of(first);
  beyond.positions.front().second = 3;
  world.ask(world.list("1", beyond));
  world.sim.run();
  ASSERT_TRUE(world.way.kept);
  world.move(shard);
  world.store(stream);
  world.settle();
  world.way.kept(peer_answer{written_up_to{3, true}}); // It wrote on, not knowing.
  const auto outcome = world.ask(world.look_up(std::string(id_of(stream))));
  world.sim.run();
  const std::vector<std::pair<shard_number, shard_position>> what_the_row_holds{{shard, 2}};
  EXPECT_EQ(rows_of(outcome).as_of.reached.positions, what_the_row_holds);
}

TEST(cluster_reads, nothing_is_asked_of_others_without_a_query_that_waits) {
  two_nodes world(4);
  world.start_both();
  for (int i = 0; i < 10; ++i) world.store("box-" + std::to_string(i));
  world.settle();
  EXPECT_EQ(world.way.questions + world.back.questions, 0u);
}

TEST(cluster_reads, a_node_that_cannot_prove_its_lease_answers_from_the_store) {
  two_nodes world(5);
  world.start_both();
  const std::string stream = world.stream_of(here);
  world.store(stream);
  world.settle();
  world.shards.prove_until(0);
  world.set_owner(shard_of(stream, 4), here);
  // The other one has taken over, stored and written; this one has heard nothing.
  const auto batch = world.commit(stream, "1", false);
  world.other_shards.set(batch->front().shard, there);
  world.second->gained(batch->front().shard, world.heads[batch->front().shard]);
  world.settle();
  const auto outcome = world.ask(world.look_up(std::string(id_of(stream))));
  world.sim.run();
  EXPECT_EQ(world.folded(std::string(id_of(stream)), 2), rows_of(outcome).page.rows.at(0));
}

TEST(cluster_reads, a_node_that_cannot_prove_its_lease_takes_no_row_in_memory_for_written) {
  two_nodes world(9);
  world.start_both();
  const std::string stream = world.stream_of(here);
  world.store(stream);
  world.settle();
  world.views.hold_writes = true;
  const auto batch = world.store(stream);
  world.sim.run(); // Folded; the row is on its way to the store.
  world.shards.prove_until(0);
  const auto outcome = world.ask(world.look_up(std::string(id_of(stream)), world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(*outcome) << "what it has in memory may be another node's by now";
  world.views.let_go();
  world.sim.run();
  EXPECT_EQ(world.folded(std::string(id_of(stream)), 2), rows_of(outcome).page.rows.at(0));
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

TEST(cluster_reads, a_view_of_a_newer_version_is_rebuilt_by_one_node_and_taken_up_by_both) {
  two_nodes world(6);
  world.start_both();
  for (int i = 0; i < 30; ++i) world.store("box-" + std::to_string(i % 7));
  world.settle();
  world.second.reset();
  world.stop();
  world.sim.run();
  world.view = std::make_shared<box_view>(2);
  world.start_both();
  for (int i = 0; i < 10; ++i) world.store("box-" + std::to_string(i % 9));
  world.settle();
  EXPECT_EQ("", world.difference());
  for (const auto* node : {&world.reads, &world.second}) {
    std::vector<view_report> reports;
    (*node)->reports([&](auto all) { reports = std::move(all); });
    world.sim.run();
    EXPECT_EQ(reports.at(0).state, "running");
    EXPECT_EQ(reports.at(0).generation, 2u);
  }
  const auto batch = world.store(world.stream_of(there));
  const auto outcome = world.ask(world.list("1", world.token_of(batch)));
  world.settle();
  EXPECT_FALSE(rows_of(outcome).as_of.stale);
}

TEST(cluster_reads, rows_are_the_fold_of_the_log_however_shards_move_and_stores_fail) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    two_nodes world(seed);
    world.start_both();
    if (world.sim.one_in(2)) world.faults = {10, 10, 10};
    for (int round = 0; round < 60; ++round) {
      world.store("box-" + std::to_string(world.sim.below(12)));
      if (world.sim.one_in(5)) world.move(static_cast<shard_number>(world.sim.below(4)));
      for (std::size_t steps = world.sim.below(40); steps > 0; --steps) world.sim.step();
      if (world.sim.one_in(4)) world.sim.advance(milliseconds(world.sim.below(200)));
    }
    world.faults = {};
    world.settle();
    EXPECT_EQ("", world.difference());
    const auto outcome = world.ask(world.list("1", world.token_of(batch_of(world.everything))));
    world.settle();
    ASSERT_TRUE(*outcome);
    EXPECT_FALSE(rows_of(outcome).as_of.stale);
    EXPECT_EQ(rows_of(outcome).page.rows.size(), world.boxes.size());
    if (::testing::Test::HasFailure()) return;
  }
}

} // namespace
} // namespace stele::kit
