#include "app/admin/cluster_command.hpp"
#include "app/http/server.hpp"
#include "tests/app/child_process.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace stele::admin {
namespace {

constexpr const char* answer =
    R"({"node":2,"name":"west","status":"active","view":17,"lease_left_ms":2500,"members":[)"
    R"({"node":1,"name":"east","status":"active","connected":false,"lease_left_ms":2100,"weight":1,"build":100,)"
    R"("cluster":"h:7720","gateway":"h:7710","http":"h:8080","shards":[0,1,2,5,7,8]},)"
    R"({"node":2,"name":"west","status":"active","connected":true,"lease_left_ms":2500,"weight":2,"build":100,)"
    R"("cluster":"i:7720","gateway":"i:7710","http":"i:8080","shards":[4]}],"unowned":[3],"moving":[4],)"
    R"("views":[{"view":"order_views","state":"running","lag_events":7,"lag_ms":30}],)"
    R"("take_overs":1,"hand_overs":12,"commands_forwarded":345})";

constexpr const char* page =
    "seen from node 2 (west, active): view 17, 2500 ms of its lease left\n"
    "since it started: 1 take-over, 12 shards given away, 345 commands forwarded\n"
    "\n"
    "node  name  status  shards  connected  lease_left_ms  weight  build  cluster  gateway  http\n"
    "   1  east  active       6  no                  2100       1    100  h:7720   h:7710   h:8080\n"
    "   2  west  active       1  yes                 2500       2    100  i:7720   i:7710   i:8080\n"
    "\n"
    "owner     shards\n"
    "east      0-2, 5, 7-8\n"
    "west      4\n"
    "nobody    3\n"
    "(moving)  4\n"
    "\n"
    "view         state    lag_events  lag_ms\n"
    "order_views  running           7      30\n";

/// A process that watches a node of its own, which answers so many times and then no more.
struct watching : child_process {
  explicit watching(int answers, bool json)
      : child_process([answers, json] {
          std::atomic<int> left{answers};
          http::routes table;
          table.add("GET", "/cluster", [&left](const http::request&, const http::reply& to) {
            to({--left >= 0 ? 200u : 503u, answer, "application/json", {}});
          });
          http_settings settings;
          settings.port = 0;
          http::server door(settings, std::move(table), std::make_shared<http::server_counters>());
          if (door.start()) return 99;
          return show_cluster({{"127.0.0.1", door.port()}, json}, true);
        }) {}
};

TEST(cluster_command, shows_who_is_there_who_owns_what_and_how_far_views_are) { EXPECT_EQ(cluster_text(answer), page); }

TEST(cluster_command, watches_until_it_is_interrupted) {
  watching it(1000, false);
  for (int pages = 0; pages < 2; ++pages)
    for (int lines = 0; lines < 40 && it.line().rfind("order_views", 0) != 0; ++lines) {}
  it.signal(SIGINT);
  EXPECT_EQ(it.wait(), 0);
}

TEST(cluster_command, watches_no_longer_than_the_node_answers) {
  watching it(2, true);
  EXPECT_EQ(it.line(), answer);
  EXPECT_EQ(it.line(), answer);
  EXPECT_EQ(it.wait(), 1);
}

} // namespace
} // namespace stele::admin
