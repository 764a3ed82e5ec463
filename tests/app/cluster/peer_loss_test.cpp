// Peers that die, come back, keep silent, or are not who they should be.
#include "tests/app/cluster/node_stand_in.hpp"
#include "tests/app/gateway/relay.hpp"

#include <gtest/gtest.h>

using namespace stele;
using namespace stele::test;

namespace {

class peer_loss : public testing::Test {
protected:
  void meet() {
    north_.know({&south_});
    ASSERT_TRUE(north_.wait_connected(2));
  }

  reply_box<command_reply> forward(const command_ptr& it) {
    reply_box<command_reply> box;
    north_.link().forward(2, it, box.taker());
    return box;
  }

  node_stand_in north_{1}, south_{2};
};

std::string address_of(const relay& it) { return "127.0.0.1:" + std::to_string(it.port()); }

member at(node_number number, const std::string& address) {
  member it;
  it.number = number;
  it.at.cluster = address;
  return it;
}

} // namespace

TEST_F(peer_loss, what_was_under_way_is_lost_and_the_peer_is_gone) {
  meet();
  south_.hold();
  auto box = forward(some_command());
  ASSERT_TRUE(south_.wait_for_held(1));
  south_.close_door();
  EXPECT_TRUE(is(box.wait(), link_fault::lost));
  EXPECT_TRUE(north_.wait_connected(2, false));
  EXPECT_TRUE(north_.wait_gone(2));
  EXPECT_TRUE(is(forward(some_command()).wait(), link_fault::not_sent));
}

TEST_F(peer_loss, a_peer_that_is_back_on_its_port_is_connected_again) {
  meet();
  const auto port = south_.door().port();
  south_.close_door();
  ASSERT_TRUE(north_.wait_gone(2));
  north_.forget_news();
  south_.open_door(port);
  ASSERT_TRUE(north_.wait_connected(2));
  const auto reply = forward(some_command()).wait();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(std::holds_alternative<command_outcome>(*reply));
}

TEST_F(peer_loss, a_probe_says_again_that_the_peer_is_gone) {
  meet();
  south_.close_door();
  ASSERT_TRUE(north_.wait_gone(2));
  north_.forget_news();
  north_.link().probe(2);
  EXPECT_TRUE(north_.wait_gone(2));
}

TEST_F(peer_loss, a_probe_of_a_connected_peer_says_so) {
  meet();
  north_.forget_news();
  north_.link().probe(2);
  EXPECT_TRUE(north_.wait_connected(2));
}

TEST_F(peer_loss, a_peer_of_another_history_is_not_connected_to) {
  node_stand_in stranger{3, {}, hash_to_uuid("another store")};
  reply_box<reached> box;
  north_.link().reach(3, stranger.door().address(), 200, box.taker());
  const auto how = box.wait();
  ASSERT_TRUE(how);
  EXPECT_FALSE(how->yes);
  EXPECT_NE(how->why_not.find("point both to the same store"), std::string::npos) << how->why_not;
}

TEST_F(peer_loss, another_node_at_the_address_shows_that_the_peer_is_gone) {
  north_.link().connect_to({at(5, south_.door().address())});
  EXPECT_TRUE(north_.wait_gone(5));
  reply_box<command_reply> box;
  north_.link().forward(5, some_command(), box.taker());
  EXPECT_TRUE(is(box.wait(), link_fault::not_sent));
}

TEST_F(peer_loss, a_peer_that_accepts_and_keeps_silent_is_not_connected_and_not_gone) {
  relay silent{south_.door().port()};
  silent.fall_silent();
  reply_box<reached> box;
  cluster_settings impatient;
  impatient.handshake_ms_max = 100;
  node_stand_in east{4, impatient};
  east.link().connect_to({at(5, address_of(silent))});
  EXPECT_TRUE(east.wait_connected(5, false));
  east.link().reach(5, address_of(silent), 500, box.taker());
  const auto how = box.wait();
  ASSERT_TRUE(how);
  EXPECT_FALSE(how->yes);
  EXPECT_FALSE(east.was_gone(5));
}

TEST_F(peer_loss, a_peer_that_falls_silent_is_noticed_before_its_lease_ends) {
  cluster_settings quick;
  quick.silence_ms_max = 500;
  node_stand_in east{4, quick};
  relay between{south_.door().port()};
  east.link().connect_to({at(2, address_of(between))});
  ASSERT_TRUE(east.wait_connected(2));
  between.fall_silent();
  EXPECT_TRUE(east.wait_connected(2, false));
  EXPECT_FALSE(east.was_gone(2));
}

TEST_F(peer_loss, who_is_no_peer_any_more_is_not_sent_to) {
  meet();
  north_.know({});
  reply_box<reached> barrier; // Answered after the keeper has heard of it.
  north_.link().reach(9, "127.0.0.1:1", 0, barrier.taker());
  ASSERT_TRUE(barrier.wait());
  EXPECT_TRUE(is(forward(some_command()).wait(), link_fault::not_sent));
}

TEST_F(peer_loss, a_node_that_is_starting_takes_nothing) {
  auto opened = cluster::open_cluster_door(
      [] {
        cluster_settings any;
        any.port = 0;
        return any;
      }(),
      {node_stand_in::own_history, 6, 1}, nullptr);
  auto& door = std::get<std::unique_ptr<cluster::cluster_door>>(opened);
  north_.link().connect_to({at(6, door->address())});
  ASSERT_TRUE(north_.wait_connected(6));
  reply_box<command_reply> box;
  north_.link().forward(6, some_command(), box.taker());
  EXPECT_TRUE(is(box.wait(), link_fault::not_sent));
}

TEST(cluster_door, an_address_that_others_reach_is_refused) {
  cluster_settings open;
  open.address = "0.0.0.0";
  const auto opened = cluster::open_cluster_door(open, {node_stand_in::own_history, 6, 1}, nullptr);
  ASSERT_TRUE(std::holds_alternative<std::string>(opened));
  EXPECT_NE(std::get<std::string>(opened).find("cluster.address"), std::string::npos);
}
