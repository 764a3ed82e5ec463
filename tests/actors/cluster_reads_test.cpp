// Two nodes read one store: rows are folded where the shard is owned, and an answer anywhere holds what was asked for.
#include "tests/kit/keyed_kit.hpp"
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

using std::chrono::milliseconds;

constexpr node_number here = 1, there = 2; // A map of a node that is alone calls it 1.

/// Takes what this node asks of the other one to that one's read side.
class way_to final : public link {
public:
  explicit way_to(simulation& sim) : sim_(sim) {}

  void connect_to(std::vector<member>) override {}
  void on_news(std::function<void(link_news)>) override {}
  void probe(node_number) override {}
  void forward(node_number, const command_ptr&, forwarded_reply reply) override { reply(link_fault::not_sent); }

  void forward(node_number, const query_ptr& it, std::int64_t, asked_reply reply) override {
    if (broken) return sim_.later([reply] { reply(link_fault::lost); });
    ++look_ups;
    query_ptr copy(new query);
    copy->view = it->view;
    copy->key = it->key;
    copy->after = it->after;
    copy->timeout_ms = it->timeout_ms;
    copy->forwarded = true;
    copy->answer = [this, reply](const query_outcome& outcome) { sim_.later([reply, outcome] { reply(outcome); }); };
    sim_.later([this, copy] { other->ask(copy); });
  }

  void ask(node_number, peer_question it, std::int64_t, peer_reply reply) override {
    if (broken) return sim_.later([reply] { reply(link_fault::lost); });
    ++questions;
    if (keeps) {
      kept = std::move(reply);
      return;
    }
    sim_.later([this, it, reply] {
      other->await(std::get<await_written>(it),
                   [this, reply](written_up_to found) { sim_.later([reply, found] { reply(peer_answer{found}); }); });
    });
  }

  read_side* other = nullptr;
  bool broken = false;
  bool keeps = false; ///< Questions are answered by the test, through `kept`.
  peer_reply kept;
  std::size_t look_ups = 0, questions = 0;

private:
  simulation& sim_;
};

/// The world's own read side is the first node, `second` the other. Each shard is owned by one of them.
struct two_nodes : read_world {
  explicit two_nodes(std::uint64_t seed) : read_world(seed), way(sim), back(sim), other_shards(4, there) {
    peers = &way;
    other_shards.prove_until(INT64_MAX);
    for (shard_number shard = 0; shard < 4; ++shard) set_owner(shard, shard % 2 == 0 ? here : there);
  }
  ~two_nodes() {
    second.reset();
    stop();
    sim.run();
  }

  void start_both() {
    start_both_unopened();
    sim.run();
  }

  void start_both_unopened() {
    start();
    second = std::make_unique<read_side>(
        read_parts{sim.system(), log, views, hosted, settings, sim.time, counters, other_shards, &back, heads});
    way.other = second.get();
    back.other = reads.get();
    for (shard_number shard = 0; shard < 4; ++shard)
      (shards.is_mine(shard) ? *reads : *second).gained(shard, heads[shard]);
  }

  void set_owner(shard_number shard, node_number owner) {
    shards.set(shard, owner);
    other_shards.set(shard, owner);
  }

  /// What the membership of each does when a shard changes hands.
  void move(shard_number shard) {
    const bool leaves = shards.is_mine(shard);
    read_side& from = leaves ? *reads : *second;
    read_side& to = leaves ? *second : *reads;
    from.lost(shard);
    set_owner(shard, leaves ? there : here);
    to.gained(shard, heads[shard]);
  }

  /// Committed at the node that owns the shard.
  event_batch store(const std::string& stream) {
    const auto batch = commit(stream, "1", false);
    read_side& owner = shards.is_mine(batch->front().shard) ? *reads : *second;
    for (const auto& projector : owner.projectors()) caf::anon_send(projector, committed_events{batch});
    return batch;
  }

  std::string stream_of(node_number owner) const {
    for (int i = 1;; ++i)
      if (shards.owner(shard_of("box-" + std::to_string(i), 4)) == owner) return "box-" + std::to_string(i);
  }

  way_to way, back;
  shard_map other_shards;
  std::unique_ptr<read_side> second;
};

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

TEST(cluster_reads, a_raised_version_is_rebuilt_though_the_first_shard_moves_meanwhile) {
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

TEST(cluster_reads, a_shard_that_comes_and_goes_while_a_table_is_about_to_be_swapped_in_holds_up_nothing) {
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

TEST(cluster_reads, nodes_of_an_older_version_build_nothing_back_whoever_owns_the_first_shard) {
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

TEST(cluster_reads, nodes_that_were_overtaken_by_a_newer_version_leave_its_half_built_table_alone) {
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

TEST(cluster_reads, a_shard_that_may_be_given_away_while_a_rebuilt_table_is_swapped_in_is_folded_on) {
  raised_nodes world(140);
  const shard_number shard = 2; // Of `here`.
  world.shards.set(shard, 0);
  world.sim.run();
  world.shards.set(shard, here);
  for (int i = 0; i < 20; ++i) world.store("box-" + std::to_string(i));
  world.expect_both_run();
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
