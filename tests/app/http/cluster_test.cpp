// What a node of several shows of the cluster, and what one that is alone says instead.
#include "tests/app/http/shop.hpp"

#include "app/http/cluster_json.hpp"
#include "app/http/metrics.hpp"

#include <gtest/gtest.h>

namespace stele::http {
namespace {

stele::member made(node_number number, std::string name, member_status status, std::int64_t lease_left_ms) {
  return {number, std::move(name), status, {"10.0.0.1:7720", "10.0.0.1:7710", "10.0.0.1:8080", 2, 100}, lease_left_ms};
}

/// Node 2 of three, four shards: the first is nobody's, one of its two is on its way.
cluster_report from_the_second() {
  cluster_report it;
  it.me = 2;
  it.view.number = 17;
  it.view.members = {made(1, "east", member_status::active, 2100), made(2, "west", member_status::leaving, 900),
                     made(3, "south", member_status::joining, -5)};
  it.view.shards = {{0, 1}, {2, 3}, {1, 1}, {2, 1}};
  it.connected = {1};
  it.moving = {3};
  it.lease_left_ms = 2500;
  it.requests = {{1, 4, 9}};
  return it;
}

TEST(http_cluster, a_node_that_is_alone_says_so) {
  shop at;
  const auto answer = at.call("GET", "/cluster");
  EXPECT_EQ(answer.status, 404u);
  EXPECT_EQ(member(answer.body, "code"), "not_clustered");
  EXPECT_NE(member(answer.body, "detail").find("this node is alone"), std::string::npos) << answer.body;
}

TEST(http_cluster, members_owners_and_moves_are_shown) {
  node_counters counters;
  counters.take_overs = 1;
  counters.hand_overs = 12;
  counters.commands_forwarded = 345;
  view_report orders;
  orders.view = "order_views";
  orders.state = "running";
  orders.lag_events = 7;
  orders.lag_ms = 30;
  const std::string at = R"("weight":2,"build":100,"cluster":"10.0.0.1:7720","gateway":"10.0.0.1:7710",)"
                         R"("http":"10.0.0.1:8080",)";
  EXPECT_EQ(cluster_json(from_the_second(), {orders}, counters),
            R"({"node":2,"name":"west","status":"leaving","view":17,"lease_left_ms":2500,"members":[)"
            R"({"node":1,"name":"east","status":"active","connected":true,"lease_left_ms":2100,)" +
                at +
                R"("shards":[2]},)"
                R"({"node":2,"name":"west","status":"leaving","connected":true,"lease_left_ms":2500,)" +
                at +
                R"("shards":[1,3]},)"
                R"({"node":3,"name":"south","status":"joining","connected":false,"lease_left_ms":0,)" +
                at +
                R"("shards":[]}],"unowned":[0],"moving":[3],)"
                R"("views":[{"view":"order_views","state":"running","lag_events":7,"lag_ms":30}],)"
                R"("take_overs":1,"hand_overs":12,"commands_forwarded":345})");
}

TEST(http_cluster, a_node_that_is_no_member_any_more_is_dead) {
  auto fenced = from_the_second();
  fenced.me = 9;
  const auto json = cluster_json(fenced, {}, node_counters());
  EXPECT_EQ(member(json, "status"), "dead");
  EXPECT_EQ(member(json, "name"), "");
}

TEST(http_metrics, a_node_of_several_shows_its_place_and_its_links) {
  node_counters counters;
  counters.take_overs = 1;
  counters.lanes_fenced = 2;
  const auto place = from_the_second();
  const auto text = metrics_text(counters, nullptr, {}, &place);
  for (const auto* line :
       {"stele_take_overs_total 1", "stele_lanes_fenced_total 2", "stele_commands_forwarded_total 0",
        "stele_hand_overs_total 0", "stele_cluster_view 17", "stele_lease_left_seconds 2.5", "stele_shards_owned 2",
        "stele_shards_moving 1", R"(stele_member_status{status="leaving"} 1)",
        R"(stele_member_status{status="active"} 0)", R"(stele_members{status="joining"} 1)", "stele_links_connected 1",
        R"(stele_link_requests_under_way{node="1"} 4)", R"(stele_link_requests_queued{node="1"} 9)"})
    EXPECT_NE(text.find('\n' + std::string(line) + '\n'), std::string::npos) << line << " is not in\n" << text;
}

TEST(http_metrics, a_node_that_is_alone_shows_nothing_of_others) {
  shop at;
  const auto text = at.call("GET", "/metrics").body;
  EXPECT_NE(text.find("stele_commands_forwarded_total 0\n"), std::string::npos);
  EXPECT_EQ(text.find("stele_member_status"), std::string::npos);
  EXPECT_EQ(text.find("stele_links_connected"), std::string::npos);
}

} // namespace
} // namespace stele::http
