#include "app/http/call.hpp"
#include "app/http/commands.hpp"
#include "app/http/problem.hpp"
#include "app/http/routes.hpp"
#include "app/http/target.hpp"

#include <gtest/gtest.h>

namespace stele::http {
namespace {

std::string found(const routes& table, std::string_view method, const std::vector<std::string>& path) {
  const auto match = table.match(method, path);
  return match.found ? match.found->pattern : "";
}

TEST(http_router, the_earlier_literal_wins) {
  routes table;
  for (const auto* pattern : {"/{view}/{key}", "/orders/{id}", "/orders/search", "/{a}/search"})
    table.add("GET", pattern, {});
  EXPECT_EQ(found(table, "GET", {"orders", "search"}), "/orders/search");
  EXPECT_EQ(found(table, "GET", {"orders", "7"}), "/orders/{id}");
  EXPECT_EQ(found(table, "GET", {"items", "search"}), "/{a}/search");
  EXPECT_EQ(found(table, "GET", {"items", "7"}), "/{view}/{key}");
  EXPECT_EQ(found(table, "GET", {"items", ""}), "");
  EXPECT_EQ(found(table, "GET", {"items"}), "");
}

TEST(http_router, a_parameter_is_what_stands_in_its_place) {
  routes table;
  table.add("POST", "/{aggregate}/{id}/{command}", {});
  const auto match = table.match("POST", {"order", "7", "ship_order"});
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"aggregate", "order"}, {"id", "7"}, {"command", "ship_order"}};
  EXPECT_EQ(match.parameters, wanted);
}

TEST(http_router, the_first_of_two_equal_routes_stays) {
  routes table;
  table.add("GET", "/a", {}, {"first", {}, {}, {}});
  table.add("GET", "/a", {}, {"second", {}, {}, {}});
  ASSERT_EQ(table.all().size(), 1u);
  EXPECT_EQ(table.all().front().notes.summary, "first");
}

TEST(http_targets, are_decoded_segment_by_segment) {
  const auto it = std::get<target>(parse_target("/a%2Fb/c+d/?x=1+2&y=%26&z&&x=3"));
  EXPECT_EQ(it.path, (std::vector<std::string>{"a/b", "c+d", ""}));
  const std::vector<std::pair<std::string, std::string>> wanted = {{"x", "1 2"}, {"y", "&"}, {"z", ""}, {"x", "3"}};
  EXPECT_EQ(it.query, wanted);
}

TEST(http_targets, may_name_their_host) {
  EXPECT_EQ(std::get<target>(parse_target("HTTP://h:1/a")).host, "h:1");
  EXPECT_EQ(std::get<target>(parse_target("http://h?x=1")).path, std::vector<std::string>{""});
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_target("https://h/a")));
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_target("")));
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_target("h:443")));
}

TEST(http_problems, each_kind_of_refusal_has_its_status) {
  EXPECT_EQ(status_of(refusal_kind::invalid), 400u);
  EXPECT_EQ(status_of(refusal_kind::bad_token), 400u);
  EXPECT_EQ(status_of(refusal_kind::not_found), 404u);
  EXPECT_EQ(status_of(refusal_kind::rejected), 409u);
  EXPECT_EQ(status_of(refusal_kind::history_changed), 409u);
  EXPECT_EQ(status_of(refusal_kind::wrong_version), 412u);
  EXPECT_EQ(status_of(refusal_kind::too_large), 413u);
  EXPECT_EQ(status_of(refusal_kind::key_reused), 422u);
  EXPECT_EQ(status_of(refusal_kind::client_limit), 429u);
  EXPECT_EQ(status_of(refusal_kind::overloaded), 503u);
  EXPECT_EQ(status_of(refusal_kind::unavailable), 503u);
  EXPECT_EQ(status_of(refusal_kind::outcome_unknown), 504u);
  EXPECT_EQ(status_of(refusal_kind::internal), 500u);
}

TEST(http_problems, say_what_a_program_needs) {
  const auto it = problem({refusal_kind::invalid, "bad_price", "a \"price\"", "/price"});
  EXPECT_EQ(it.status, 400u);
  EXPECT_EQ(it.content_type, "application/problem+json");
  EXPECT_EQ(it.body, R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"a \"price\"",)"
                     R"("code":"bad_price","pointer":"/price"})");
}

TEST(http_commands, a_text_member_is_taken_out_and_the_rest_stays_as_it_was) {
  std::string body = R"({"price":1.10,"order_id":"7","deep":{"order_id":"8","n":123456789012345678901234567890}})";
  const auto taken = take_text_member(body, "order_id");
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(*taken, "7");
  EXPECT_EQ(body, R"({"price":1.10,"deep":{"order_id":"8","n":123456789012345678901234567890}})");
  std::string broken = R"({"order_id":"7")";
  const auto left = take_text_member(broken, "order_id");
  ASSERT_TRUE(left.has_value());
  EXPECT_FALSE(*left);
  EXPECT_EQ(broken, R"({"order_id":"7")");
}

TEST(http_calls, a_time_out_is_milliseconds_or_seconds) {
  const auto read = [](std::string text) {
    request it;
    it.query.emplace_back("timeout", std::move(text));
    const auto ms = read_timeout(it, {});
    return ms.has_value() ? *ms : -1;
  };
  EXPECT_EQ(read("250"), 250);
  EXPECT_EQ(read("250ms"), 250);
  EXPECT_EQ(read("2s"), 2000);
  EXPECT_EQ(read("0"), 0);
  EXPECT_EQ(read("30s"), 30'000);
  EXPECT_EQ(read("30001"), -1);
  EXPECT_EQ(read("18446744073709551s"), -1);
  EXPECT_EQ(read("s"), -1);
  EXPECT_EQ(read("1.5s"), -1);
}

} // namespace
} // namespace stele::http
