// Sessions of another node, mangled, against a living door for nodes.
#include "app/cluster/peer_codec.hpp"
#include "tests/app/cluster/node_stand_in.hpp"
#include "tests/app/gateway/honest_caller.hpp"
#include "tests/app/gateway/mangler.hpp"
#include "tests/app/gateway/raw_peer.hpp"
#include "tests/app/gateway/resident_bytes.hpp"

#include <gtest/gtest.h>

namespace stele::test {
namespace {

constexpr std::uint32_t processes = 64; ///< Each new node id costs memory that CAF keeps.

std::string bytes_of(const cluster::peer_request& it) {
  const auto bytes = cluster::encode(it);
  return {bytes.begin(), bytes.end()};
}

/// Everything a node says, as node 3.
std::vector<std::string> session_of(const raw_peer& peer) {
  std::vector<std::string> frames{client_hello(peer.self(), 2)};
  std::uint64_t number = 0;
  const auto ask = [&](const cluster::peer_request& it) {
    frames.push_back(request(frame_message(bytes_of(it)), ++number, peer.gateway_actor()));
  };
  ask(cluster::peer_hello{{node_stand_in::own_history, 3, 1}});
  ask(cluster::asked_question{node_status{3, 5, true, {1, 3}, {{0, 5}, {3, 9}}, {{"order_views", {{0, 4}}}}}, 800});
  ask(cluster::forwarded_command{"order-7", "ship_order", "{}", R"({"by":"ada"})", hash_to_uuid("one"), 3, 1500});
  ask(cluster::forwarded_lookup{"order_views", "7", {node_stand_in::own_history, {{1, 2}, {4, 17}}}, 250});
  ask(cluster::asked_question{await_written{"order_views", 3, 9, 500}, 500});
  ask(cluster::asked_question{try_to_reach{3, "127.0.0.1:1", 200}, 250});
  frames.push_back(header(basp_operation::heartbeat, 0));
  return frames;
}

void one_session(std::uint16_t port, mangler& dice) {
  raw_peer peer{port, static_cast<std::uint32_t>(1 + dice.below(processes))};
  if (!peer.meet()) return;
  send_mangled(peer, session_of(peer), dice);
}

/// Asks the other how it is, as nodes do all the time.
std::string ask_how_it_is(node_stand_in& from) {
  reply_box<answer_reply> box;
  from.link().ask(1, node_status{}, 5000, box.taker());
  const auto how = box.wait();
  return how && std::holds_alternative<peer_answer>(*how) ? "" : "no answer";
}

} // namespace

TEST(peer_door_fuzz, whatever_a_node_sends_the_others_are_served_and_the_memory_is_flat) {
  node_stand_in node{1}, other{2};
  other.know({&node});
  ASSERT_TRUE(other.wait_connected(1));
  mangler dice{testing::UnitTest::GetInstance()->random_seed() + 3u};
  honest_caller beside{[&other] { return ask_how_it_is(other); }};
  const auto begin = std::chrono::steady_clock::now();
  std::size_t sessions = 0, resident = 0;
  for (; std::chrono::steady_clock::now() - begin < fuzz_time(); ++sessions) {
    one_session(node.door().port(), dice);
    if (sessions % 1000 == 0) node.forget_what_came();
    if (sessions == 50) resident = resident_bytes();
  }
  beside.stop();
  beside.expect_served("beside " + std::to_string(sessions) + " mangled sessions");
  ASSERT_GT(resident, 0u) << "there were at least 50 sessions";
  EXPECT_LT(resident_bytes(), resident + growth_max);
}

} // namespace stele::test
