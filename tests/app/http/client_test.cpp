#include "tests/app/http/small_server.hpp"

#include "app/http/http_client.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace stele::http {
namespace {

TEST(http_client, says_that_nobody_listens_and_that_nothing_was_sent) {
  std::uint16_t port = 0;
  {
    small_server shop;
    port = shop.port;
  }
  const auto answer = http_client("127.0.0.1", port).request("GET", "/echo");
  ASSERT_TRUE(answer.has_error());
  EXPECT_FALSE(answer.error().sent);
  EXPECT_NE(answer.error().what.find("127.0.0.1:" + std::to_string(port)), std::string::npos) << answer.error().what;
  EXPECT_NE(answer.error().what.find("is the node running?"), std::string::npos);
}

TEST(http_client, gives_up_after_its_time) {
  small_server shop;
  http_client caller("127.0.0.1", shop.port, std::chrono::milliseconds(20));
  const auto answer = caller.request("GET", "/held/a");
  ASSERT_TRUE(answer.has_error());
  EXPECT_TRUE(answer.error().sent);
  EXPECT_EQ(caller.request("GET", "/echo")->status, 200u);
}

TEST(http_client, opens_a_new_connection_when_the_kept_one_was_closed) {
  http_settings settings;
  settings.idle_ms = 20;
  small_server shop(settings);
  http_client caller("localhost", shop.port);
  EXPECT_EQ(caller.request("GET", "/echo")->status, 200u);
  while (shop.counters->connections_open != 0) std::this_thread::yield();
  EXPECT_EQ(caller.request("GET", "/echo")->status, 200u);
  EXPECT_EQ(shop.counters->connections_accepted, 2u);
}

TEST(http_client, reads_headers_in_any_case) {
  small_server shop;
  const auto answer = http_client("127.0.0.1", shop.port).request("GET", "/echo");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->header("content-TYPE"), "text/plain");
  EXPECT_FALSE(answer->header("X-None"));
}

TEST(http_client, encodes_what_may_not_stand_in_a_url) {
  EXPECT_EQ(percent_encode("aZ9._~-/ ä+"), "aZ9._~-%2F%20%C3%A4%2B");
}

} // namespace
} // namespace stele::http
