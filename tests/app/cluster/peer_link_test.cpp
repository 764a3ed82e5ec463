// Two nodes over real loopback: what is forwarded is answered, and whatever is lost on the way is told.
#include "tests/app/cluster/node_stand_in.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using namespace stele;
using namespace stele::test;

namespace {

/// Node 1 knows node 2 and is connected to it.
class peer_link : public testing::Test {
protected:
  void SetUp() override { meet({}); }

  void meet(const cluster_settings& settings) {
    south_.reset();
    north_ = std::make_unique<node_stand_in>(1, settings);
    south_ = std::make_unique<node_stand_in>(2, settings);
    north_->know({south_.get()});
    ASSERT_TRUE(north_->wait_connected(2));
  }

  reply_box<command_reply> forward(const command_ptr& it) {
    reply_box<command_reply> box;
    north_->link().forward(2, it, box.taker());
    return box;
  }

  std::unique_ptr<node_stand_in> north_, south_;
};

cluster_settings small_window() {
  cluster_settings it;
  it.requests_max = 2;
  it.queue_max = 3;
  return it;
}

} // namespace

TEST_F(peer_link, a_command_reaches_the_other_node_and_its_answer_comes_back) {
  const auto sent = some_command();
  const auto reply = forward(sent).wait();
  ASSERT_TRUE(reply);
  const auto& it = std::get<acceptance>(std::get<command_outcome>(*reply));
  EXPECT_EQ(it.version, 4u);
  EXPECT_EQ(it.shard, 2u);
  EXPECT_EQ(it.position, 17u);
  ASSERT_EQ(south_->commands().size(), 1u);
  const auto& got = *south_->commands()[0];
  EXPECT_TRUE(got.forwarded);
  EXPECT_EQ(got.stream_id, sent->stream_id);
  EXPECT_EQ(got.type, sent->type);
  EXPECT_EQ(got.body, sent->body);
  EXPECT_EQ(got.metadata, sent->metadata);
  EXPECT_EQ(got.command_id, sent->command_id);
  EXPECT_EQ(got.expected_version, sent->expected_version);
  EXPECT_LE(std::abs(got.deadline - sent->deadline), 100);
}

TEST_F(peer_link, a_look_up_brings_typed_rows_and_how_current_they_are) {
  south_->on_query = [](const query_ptr& it) {
    found_rows rows;
    rows.schema = &node_stand_in::schema;
    rows.page = {{{it->key, std::int64_t{450}, {}}}, 1};
    rows.as_of = {it->after, make_token(it->after.history, 2, 16), true, 12};
    it->answer(rows);
  };
  reply_box<query_reply> box;
  const auto asked = some_lookup();
  north_->link().forward(2, asked, 250, box.taker());
  const auto reply = box.wait();
  ASSERT_TRUE(reply);
  const auto& rows = std::get<found_rows>(std::get<query_outcome>(*reply));
  EXPECT_EQ(rows.schema, &node_stand_in::schema);
  ASSERT_EQ(rows.page.rows.size(), 1u);
  EXPECT_EQ(rows.page.rows[0], (row_values{std::string{"7"}, std::int64_t{450}, {}}));
  EXPECT_EQ(rows.as_of.at, asked->after);
  EXPECT_EQ(rows.as_of.reached.positions[0].second, 16u);
  EXPECT_TRUE(rows.as_of.stale);
  EXPECT_EQ(rows.as_of.lag_ms, 12);
  EXPECT_EQ(south_->queries()[0]->timeout_ms, 250);
}

TEST_F(peer_link, rows_of_another_build_are_refused) {
  south_->on_query = [](const query_ptr& it) {
    found_rows rows;
    rows.page = {{{it->key, std::string{"450"}, {}}}, 1};
    it->answer(rows);
  };
  reply_box<query_reply> box;
  north_->link().forward(2, some_lookup(), 250, box.taker());
  const auto reply = box.wait();
  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<refusal>(std::get<query_outcome>(*reply)).code, "other_build");
}

TEST_F(peer_link, a_refusal_is_passed_on_as_it_is) {
  reply_box<query_reply> box;
  north_->link().forward(2, some_lookup(), 250, box.taker());
  const auto reply = box.wait();
  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<refusal>(std::get<query_outcome>(*reply)).code, "no_row");
}

TEST_F(peer_link, nodes_tell_each_other_how_they_are) {
  const node_status mine{1, 12, true, {1, 2}, {{0, 5}}, {{"order_views", {{0, 4}}}}};
  south_->on_question = [&](const peer_question& it, const std::function<void(peer_answer)>& reply) {
    auto status = std::get<node_status>(it);
    EXPECT_EQ(status, mine);
    status.number = 2;
    reply(status);
  };
  reply_box<answer_reply> box;
  north_->link().ask(2, mine, 500, box.taker());
  const auto reply = box.wait();
  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<node_status>(std::get<peer_answer>(*reply)).number, 2u);
}

TEST_F(peer_link, the_way_is_tried_in_the_other_direction_too) {
  south_->on_question = [this](const peer_question& it, std::function<void(peer_answer)> reply) {
    const auto& reach = std::get<try_to_reach>(it);
    south_->link().reach(reach.number, reach.address, reach.wait_ms,
                         [reply = std::move(reply)](reached how) { reply(std::move(how)); });
  };
  const auto try_it = [this](const std::string& address) {
    reply_box<answer_reply> box;
    north_->link().ask(2, try_to_reach{1, address, 300}, 2000, box.taker());
    const auto reply = box.wait();
    return reply ? std::get<reached>(std::get<peer_answer>(*reply)) : reached{};
  };
  EXPECT_TRUE(try_it(north_->door().address()).yes);
  const auto address = north_->door().address();
  north_->close_door();
  node_stand_in third{3};
  third.on_question = south_->on_question;
  reply_box<answer_reply> box;
  third.link().reach(1, address, 300, [taker = box.taker()](reached how) { taker(peer_answer{how}); });
  const auto reply = box.wait();
  ASSERT_TRUE(reply);
  EXPECT_FALSE(std::get<reached>(std::get<peer_answer>(*reply)).yes);
  EXPECT_NE(std::get<reached>(std::get<peer_answer>(*reply)).why_not.find("refused"), std::string::npos);
}

TEST_F(peer_link, beyond_the_window_and_the_queue_nothing_is_sent) {
  meet(small_window());
  south_->hold();
  std::vector<reply_box<command_reply>> boxes;
  for (int i = 0; i < 8; ++i) boxes.push_back(forward(some_command(std::to_string(i))));
  for (std::size_t i = 5; i < 8; ++i) EXPECT_TRUE(is(boxes[i].wait(), link_fault::not_sent)) << i;
  ASSERT_TRUE(south_->wait_for_held(2));
  EXPECT_EQ(south_->commands().size(), 2u);
  const auto counted = north_->link().requests();
  ASSERT_EQ(counted.size(), 1u);
  EXPECT_EQ(counted[0].peer, 2u);
  EXPECT_EQ(counted[0].under_way, 2u);
  EXPECT_EQ(counted[0].queued, 3u);
  south_->release();
  for (std::size_t i = 0; i < 5; ++i) {
    const auto reply = boxes[i].wait();
    ASSERT_TRUE(reply) << i;
    EXPECT_TRUE(std::holds_alternative<command_outcome>(*reply)) << i;
  }
  const auto commands = south_->commands();
  ASSERT_EQ(commands.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(commands[i]->stream_id, "order-" + std::to_string(i));
}

TEST_F(peer_link, what_is_too_large_for_a_frame_is_refused_and_the_connection_stays) {
  const auto large = some_command();
  large->body = "\"" + std::string(3u << 20, 'x') + "\"";
  const auto reply = forward(large).wait();
  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<refusal>(std::get<command_outcome>(*reply)).kind, refusal_kind::too_large);
  EXPECT_TRUE(south_->commands().empty());
  EXPECT_TRUE(std::holds_alternative<command_outcome>(*forward(some_command()).wait()));
}

TEST_F(peer_link, a_command_as_large_as_doors_take_goes_through) {
  const auto large = some_command();
  large->body = "\"" + std::string((1u << 20) - 2, 'x') + "\"";
  const auto reply = forward(large).wait();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(std::holds_alternative<acceptance>(std::get<command_outcome>(*reply)));
}

TEST_F(peer_link, a_command_that_is_never_answered_is_lost_soon_after_its_deadline) {
  south_->hold();
  EXPECT_TRUE(is(forward(some_command("7", 50)).wait(), link_fault::lost));
}

TEST_F(peer_link, nobody_unknown_is_sent_to) {
  reply_box<command_reply> box;
  north_->link().forward(9, some_command(), box.taker());
  EXPECT_TRUE(is(box.wait(), link_fault::not_sent));
}

TEST_F(peer_link, every_reply_comes_once_when_the_link_stops) {
  south_->hold();
  std::vector<reply_box<command_reply>> boxes;
  for (int i = 0; i < 100; ++i) boxes.push_back(forward(some_command(std::to_string(i))));
  ASSERT_TRUE(south_->wait_for_held(100));
  north_->link().stop();
  for (auto& box : boxes) {
    EXPECT_EQ(box.count(), 1u) << "after stop";
    EXPECT_TRUE(is(box.wait(), link_fault::lost));
  }
  EXPECT_TRUE(is(forward(some_command()).wait(), link_fault::not_sent));
}
