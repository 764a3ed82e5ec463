// Those who reach the door of a cluster and are no node of it.
#include "app/client/client.hpp"
#include "app/cluster/peer_codec.hpp"
#include "tests/app/cluster/node_stand_in.hpp"
#include "tests/app/gateway/raw_peer.hpp"

#include <gtest/gtest.h>

using namespace stele;
using namespace stele::test;

namespace {

/// Sends one frame and reads until something that holds `wanted` comes.
bool answered_with(raw_peer& from, const cluster::peer_request& it, const std::string& wanted) {
  const auto bytes = cluster::encode(it);
  if (!from.ask(std::string(bytes.begin(), bytes.end()), 1)) return false;
  while (const auto got = from.receive())
    if (got->payload.find(wanted) != std::string::npos) return true;
  return false;
}

} // namespace

TEST(stranger, who_did_not_say_hello_is_not_served) {
  node_stand_in node{1};
  raw_peer stranger{node.door().port()};
  ASSERT_TRUE(stranger.shake_hands());
  EXPECT_TRUE(answered_with(stranger, cluster::forwarded_command{"order-7", "ship_order", "{}", "", {}, {}, 0},
                            "must be a hello"));
  EXPECT_TRUE(node.commands().empty());
}

TEST(stranger, who_said_hello_for_another_store_is_not_served) {
  node_stand_in node{1};
  raw_peer stranger{node.door().port()};
  ASSERT_TRUE(stranger.shake_hands());
  EXPECT_TRUE(
      answered_with(stranger, cluster::peer_hello{{hash_to_uuid("another store"), 2, 1}}, "point both to the same"));
  EXPECT_TRUE(answered_with(stranger, cluster::forwarded_command{"order-7", "ship_order", "{}", "", {}, {}, 0},
                            "must be a hello"));
  EXPECT_TRUE(node.commands().empty());
}

TEST(stranger, a_client_learns_that_this_is_no_gateway) {
  node_stand_in node{1};
  client_options options;
  options.servers = {node.door().address()};
  options.connect_timeout_ms = 500;
  client lost{options};
  const auto hello = lost.hello();
  ASSERT_FALSE(hello);
  EXPECT_NE(hello.error().message.find("version of the protocol"), std::string::npos) << hello.error().message;
}
