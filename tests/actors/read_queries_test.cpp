// Answers hold what the caller waits for, or say that they do not.
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

using std::chrono::milliseconds;

/// Holds the view still, so that waiting is up to the test.
void pause(read_world& world) {
  world.reads->pause("boxes", [](auto) {});
  world.sim.run();
}

void resume(read_world& world) {
  world.reads->resume("boxes", [](auto) {});
  world.sim.run();
}

TEST(read_queries, a_look_up_sees_the_callers_own_write) {
  read_world world(1);
  world.start_and_settle();
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.look_up("1", world.token_of(batch)));
  EXPECT_FALSE(*outcome);
  world.sim.run();
  const auto& found = rows_of(outcome);
  EXPECT_EQ(world.folded("1", 1), found.page.rows.at(0));
  EXPECT_FALSE(found.as_of.stale);
  EXPECT_EQ(0, found.as_of.lag_ms);
  EXPECT_EQ(world.token_of(batch), found.as_of.at);
  EXPECT_EQ("boxes", found.schema->name);
  EXPECT_EQ(1u, found.page.total);
}

TEST(read_queries, a_look_up_without_a_token_is_answered_at_the_committed_head) {
  read_world world(2);
  world.start_and_settle();
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.look_up("1"));
  EXPECT_FALSE(*outcome);
  world.sim.run();
  EXPECT_EQ(world.folded("1", 1), rows_of(outcome).page.rows.at(0));
  EXPECT_EQ(world.token_of(batch), rows_of(outcome).as_of.at);
}

TEST(read_queries, an_unknown_key_gives_no_row) {
  read_world world(3);
  world.start_and_settle();
  const auto outcome = world.ask(world.look_up("nobody"));
  world.sim.run();
  EXPECT_TRUE(rows_of(outcome).page.rows.empty());
  EXPECT_EQ(0u, rows_of(outcome).page.total);
  EXPECT_TRUE(rows_of(outcome).as_of.at.empty());
}

TEST(read_queries, a_row_in_memory_is_answered_at_once) {
  read_world world(4);
  world.start_and_settle();
  world.commit("box-1");
  world.sim.run();
  EXPECT_EQ(world.folded("1", 1), rows_of(world.ask(world.look_up("1"))).page.rows.at(0));
}

TEST(read_queries, look_ups_that_miss_are_read_together) {
  read_world world(5);
  for (int i = 0; i < 20; ++i) world.commit("box-" + std::to_string(i));
  world.start_and_settle();
  world.stop();
  world.start_and_settle(); // Nothing is in memory now.
  const auto reads = world.views.reads;
  std::vector<std::shared_ptr<std::optional<query_outcome>>> outcomes;
  for (int i = 0; i < 20; ++i) outcomes.push_back(world.ask(world.look_up(std::to_string(i))));
  world.sim.run();
  EXPECT_LE(world.views.reads - reads, 10u);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(world.folded(std::to_string(i), 1), rows_of(outcomes[static_cast<std::size_t>(i)]).page.rows.at(0));
}

TEST(read_queries, a_list_waits_until_rows_are_written) {
  read_world world(6);
  world.start_and_settle();
  world.commit({{"box-1", "1"}, {"box-2", "1"}, {"box-3", "1"}});
  world.sim.run();
  world.views.hold_writes = true;
  const auto batch = world.commit({{"box-1", "1"}, {"box-2", "1"}, {"box-3", "1"}});
  const auto outcome = world.ask(world.list("2", world.token_of(batch)));
  const auto looked_up = world.ask(world.look_up("1", world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(*outcome);
  EXPECT_TRUE(*looked_up) << "a look-up is answered from memory meanwhile";
  const auto late = world.ask(world.list("2", world.token_of(batch)));
  world.sim.run();
  EXPECT_FALSE(*late) << "it finds the rows folded already, but not written";
  world.views.let_go();
  world.sim.run();
  const auto& found = rows_of(outcome);
  EXPECT_EQ(3u, found.page.total);
  EXPECT_FALSE(found.as_of.stale);
  EXPECT_EQ(0, found.as_of.lag_ms);
  EXPECT_EQ(world.token_of(batch), found.as_of.at);
  EXPECT_EQ(100u, found.page_size);
}

TEST(read_queries, a_list_without_a_token_is_answered_as_it_is) {
  read_world world(7);
  world.start_and_settle();
  world.commit("box-1");
  world.settle();
  pause(world);
  world.commit("box-2");
  const auto outcome = world.ask(world.list("1"));
  world.sim.run();
  EXPECT_EQ(1u, rows_of(outcome).page.total);
  EXPECT_FALSE(rows_of(outcome).as_of.stale) << "it is younger than the query accepts";
  EXPECT_GT(rows_of(outcome).as_of.lag_ms, 0);
  world.sim.advance(milliseconds(5500));
  const auto later = world.ask(world.list("1"));
  world.sim.run();
  EXPECT_TRUE(rows_of(later).as_of.stale);
  EXPECT_EQ(5500, rows_of(later).as_of.lag_ms);
  EXPECT_EQ("boxes", world.report().view);
  EXPECT_EQ(5500, world.report().lag_ms);
}

TEST(read_queries, at_the_deadline_the_rows_come_marked_as_stale) {
  read_world world(8);
  world.start_and_settle();
  const auto first = world.commit("box-1");
  world.settle();
  pause(world);
  const auto second = world.commit("box-1");
  const auto looked_up = world.ask(world.look_up("1", world.token_of(second), 2000));
  const auto listed = world.ask(world.list("1", world.token_of(second), 3000));
  world.sim.run();
  EXPECT_EQ(2u, world.counters.waiters.load());
  world.sim.advance(milliseconds(1999));
  world.sim.run();
  EXPECT_FALSE(*looked_up);
  world.sim.advance(milliseconds(1));
  world.sim.run();
  ASSERT_TRUE(*looked_up);
  EXPECT_FALSE(*listed);
  EXPECT_TRUE(rows_of(looked_up).as_of.stale);
  EXPECT_EQ(2000, rows_of(looked_up).as_of.lag_ms);
  EXPECT_EQ(world.token_of(first), rows_of(looked_up).as_of.reached);
  EXPECT_EQ(world.token_of(second), rows_of(looked_up).as_of.at);
  EXPECT_EQ(world.folded("1", 1), rows_of(looked_up).page.rows.at(0));
  world.sim.advance(milliseconds(1000));
  world.sim.run();
  EXPECT_TRUE(rows_of(listed).as_of.stale);
  EXPECT_EQ(3000, rows_of(listed).as_of.lag_ms);
  EXPECT_EQ(0u, world.counters.waiters.load());
  EXPECT_EQ(2u, world.counters.queries_stale.load());
}

TEST(read_queries, a_nearer_deadline_is_kept_when_a_farther_one_came_first) {
  read_world world(9);
  world.start_and_settle();
  pause(world);
  const auto batch = world.commit("box-1");
  const auto far = world.ask(world.look_up("1", world.token_of(batch), 10'000));
  world.sim.run();
  const auto near = world.ask(world.look_up("1", world.token_of(batch), 500));
  world.sim.run();
  world.sim.advance(milliseconds(500));
  world.sim.run();
  EXPECT_TRUE(*near);
  EXPECT_FALSE(*far);
  world.sim.advance(milliseconds(9500));
  world.sim.run();
  EXPECT_TRUE(*far);
}

TEST(read_queries, waiting_is_bounded_by_the_node) {
  read_world world(10);
  world.settings.query_wait_ms_max = 1000;
  world.start_and_settle();
  pause(world);
  const auto batch = world.commit("box-1");
  const auto outcome = world.ask(world.look_up("1", world.token_of(batch), 3'600'000));
  world.sim.run();
  world.sim.advance(milliseconds(1000));
  world.sim.run();
  EXPECT_TRUE(rows_of(outcome).as_of.stale);
}

TEST(read_queries, who_does_not_want_to_wait_is_answered_without_a_timer) {
  read_world world(18);
  world.start_and_settle();
  pause(world);
  const auto batch = world.commit("box-1");
  const auto looked_up = world.ask(world.look_up("1", world.token_of(batch), 0));
  const auto listed = world.ask(world.list("1", world.token_of(batch), 0));
  world.sim.run();
  EXPECT_TRUE(rows_of(looked_up).as_of.stale);
  EXPECT_TRUE(rows_of(listed).as_of.stale);
}

TEST(read_queries, a_position_nobody_committed_is_waited_for_until_the_deadline) {
  read_world world(11);
  world.start_and_settle();
  const auto shard = shard_of("box-1", 4);
  const auto outcome = world.ask(world.look_up("1", make_token(world.log.identity().history, shard, 99), 1000));
  world.sim.run();
  EXPECT_FALSE(*outcome);
  world.sim.advance(milliseconds(1000));
  world.sim.run();
  EXPECT_TRUE(rows_of(outcome).as_of.stale);
}

TEST(read_queries, tokens_are_merged) {
  read_world world(12);
  world.start_and_settle();
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 12; ++i) many.emplace_back("box-" + std::to_string(i), "1");
  const auto batch = world.commit(many);
  world.settle();
  const auto outcome = world.ask(world.look_up("1", world.token_of(batch)));
  world.sim.run();
  EXPECT_EQ(world.token_of(batch), rows_of(outcome).as_of.at);
  token first = world.token_of(batch);
  first.positions.resize(1);
  const auto listed = world.ask(world.list("1", first));
  world.sim.run();
  EXPECT_EQ(world.token_of(batch), rows_of(listed).as_of.at);
}

TEST(read_queries, more_than_may_wait_are_refused) {
  read_world world(13);
  world.settings.waiters_max = 2;
  world.start_and_settle();
  pause(world);
  const auto batch = world.commit("box-1");
  std::vector<std::shared_ptr<std::optional<query_outcome>>> outcomes;
  for (int i = 0; i < 4; ++i) {
    outcomes.push_back(world.ask(i % 2 ? world.list("1", world.token_of(batch)) : world.look_up("1")));
    world.sim.run();
  }
  EXPECT_FALSE(*outcomes[0]);
  EXPECT_FALSE(*outcomes[1]);
  EXPECT_EQ(refusal_kind::overloaded, refusal_of(outcomes[2]).kind);
  EXPECT_EQ(refusal_kind::overloaded, refusal_of(outcomes[3]).kind);
  resume(world);
  EXPECT_FALSE(rows_of(outcomes[0]).as_of.stale);
  EXPECT_FALSE(rows_of(outcomes[1]).as_of.stale);
  EXPECT_EQ(0u, world.counters.waiters.load());
}

TEST(read_queries, more_than_may_be_under_way_are_refused_at_once) {
  read_world world(14);
  world.settings.queries_in_flight_max = 1;
  world.start_and_settle();
  const auto first = world.ask(world.list("1"));
  const auto second = world.ask(world.list("1"));
  EXPECT_EQ(refusal_kind::overloaded, refusal_of(second).kind);
  world.sim.run();
  EXPECT_TRUE(*first);
  EXPECT_EQ(1u, world.counters.queries_shed.load());
  const auto third = world.ask(world.list("1"));
  world.sim.run();
  EXPECT_TRUE(rows_of(third).page.rows.empty());
}

TEST(read_queries, what_is_wrong_with_a_query_is_said_at_once) {
  read_world world(15);
  world.start();
  EXPECT_EQ(refusal_kind::unavailable, refusal_of(world.ask(world.look_up("1"))).kind) << "the view is not open yet";
  EXPECT_FALSE(world.reads->ready());
  world.sim.run();
  EXPECT_TRUE(world.reads->ready());
  auto unknown = world.look_up("1");
  unknown->view = "baskets";
  const auto no_view = world.ask(unknown);
  EXPECT_EQ(refusal_kind::not_found, refusal_of(no_view).kind);
  EXPECT_NE(std::string::npos, refusal_of(no_view).message.find("known are boxes"));
  auto nameless = world.list("1");
  nameless->name = "baskets_with";
  const auto no_query = world.ask(nameless);
  EXPECT_EQ(refusal_kind::not_found, refusal_of(no_query).kind);
  EXPECT_NE(std::string::npos, refusal_of(no_query).message.find("known are boxes_with"));
  EXPECT_EQ("/count", refusal_of(world.ask(world.list("many"))).pointer);
  const auto other = make_token(hash_to_uuid("another"), 0, 1);
  EXPECT_EQ(refusal_kind::history_changed, refusal_of(world.ask(world.look_up("1", other))).kind);
  EXPECT_EQ(refusal_kind::history_changed, refusal_of(world.ask(world.list("1", other))).kind);
  const auto beyond = make_token(world.log.identity().history, 77, 1);
  EXPECT_EQ(refusal_kind::bad_token, refusal_of(world.ask(world.look_up("1", beyond))).kind);
  EXPECT_EQ(0u, world.counters.queries_in_flight.load());
}

TEST(read_queries, a_selection_of_the_callers_own_is_answered) {
  read_world world(16);
  world.start_and_settle();
  const auto batch = world.commit({{"box-1", "red"}, {"box-2", "blue"}});
  auto it = world.look_up("", world.token_of(batch));
  it->selection.emplace();
  it->selection->where = {{{"label", comparison::equal, std::string("blue")}}};
  const auto outcome = world.ask(it);
  world.sim.run();
  EXPECT_EQ(world.folded("2", 1), rows_of(outcome).page.rows.at(0));
  auto wide = world.look_up("");
  wide->selection.emplace();
  wide->selection->page_size = 101;
  EXPECT_EQ("/page_size", refusal_of(world.ask(wide)).pointer);
}

TEST(read_queries, draining_answers_who_waits_as_it_is) {
  read_world world(19);
  world.start_and_settle();
  world.commit("box-1");
  world.sim.run();
  pause(world);
  const auto batch = world.commit("box-1");
  const auto looked_up = world.ask(world.look_up("1", world.token_of(batch), 30'000));
  const auto listed = world.ask(world.list("1", world.token_of(batch), 30'000));
  world.sim.run();
  bool drained = false;
  world.reads->drain([&] {
    drained = true;
    EXPECT_TRUE(*looked_up && *listed);
  });
  world.sim.run();
  EXPECT_TRUE(drained);
  EXPECT_TRUE(rows_of(looked_up).as_of.stale);
  EXPECT_TRUE(rows_of(listed).as_of.stale);
  EXPECT_EQ(0u, world.counters.waiters.load());
}

TEST(read_queries, a_node_that_closes_answers_who_waits) {
  read_world world(17);
  world.start_and_settle();
  pause(world);
  const auto batch = world.commit("box-1");
  const auto waiting = world.ask(world.look_up("1", world.token_of(batch)));
  world.sim.run();
  const auto listing = world.ask(world.list("1"));
  world.stop();
  world.sim.run();
  EXPECT_EQ(refusal_kind::unavailable, refusal_of(waiting).kind);
  EXPECT_EQ(refusal_kind::unavailable, refusal_of(listing).kind);
}

} // namespace
} // namespace stele::kit
