#include "tests/app/http/raw_socket.hpp"
#include "tests/app/http/shop.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stele::http {
namespace {

constexpr auto good_order =
    R"({"customer_id":"ada","items":[{"product_id":"lamp","quantity":2,"price":9.99}],"shipping_address":{"city":"London"}})";

std::string code(const client_response& it) { return member(it.body, "code"); }
std::string pointer(const client_response& it) { return member(it.body, "pointer"); }

TEST(http_orders, an_order_is_created_changed_and_shipped) {
  shop at;
  const auto created = at.call("POST", "/orders", good_order, {{"Idempotency-Key", "order-of-ada-1"}});
  ASSERT_EQ(created.status, 201u) << created.body;
  const auto id = member(created.body, "order_id");
  EXPECT_EQ(created.header("Location"), "/orders/" + id);
  EXPECT_EQ(created.header("ETag"), "\"1\"");
  EXPECT_EQ(created.header("X-Stele-Token"), member(created.body, "token"));
  EXPECT_EQ(member(created.body, "version"), "1");

  const auto added = at.call("POST", "/orders/" + id + "/items", R"({"product_id":"bulb","quantity":1,"price":0.02})");
  EXPECT_EQ(added.status, 200u) << added.body;
  EXPECT_EQ(member(added.body, "version"), "2");
  const auto shipped = at.call("POST", "/orders/" + id + "/ship");
  EXPECT_EQ(shipped.status, 200u) << shipped.body;
  EXPECT_EQ(shipped.header("ETag"), "\"3\"");

  const auto row = at.call("GET", "/orders/" + id + "?after=" + member(shipped.body, "token"));
  EXPECT_EQ(row.status, 200u) << row.body;
  EXPECT_EQ(row.header("ETag"), "\"3\"");
  EXPECT_EQ(member(row.body, "status"), "shipped");
  EXPECT_EQ(member(row.body, "total_amount"), "20.00");
  EXPECT_EQ(member(row.body, "item_count"), "2");
  EXPECT_EQ(member(row.body, "created_at"), "2026-03-01T10:00:00.000Z");
  EXPECT_EQ(member(row.body, "stale"), "false");
  EXPECT_EQ(member(row.body, "lag_ms"), "0");
}

TEST(http_orders, an_order_gets_the_id_it_asks_for_and_only_once) {
  shop at;
  at.create("7");
  const auto again = at.call("POST", "/orders", R"({"order_id":"7",)" + std::string(good_order).substr(1));
  EXPECT_EQ(again.status, 409u);
  EXPECT_EQ(code(again), "order_exists");
  EXPECT_EQ(again.header("Content-Type"), "application/problem+json");
}

TEST(http_orders, ids_that_cannot_stand_in_a_path_are_refused) {
  shop at;
  for (const auto* id : {R"("a/b")", R"("")", R"("search")", R"("..")", R"("ä")", "7", "null", R"(["7"])"}) {
    const auto answer =
        at.call("POST", "/orders", R"({"order_id":)" + std::string(id) + "," + std::string(good_order).substr(1));
    EXPECT_EQ(answer.status, 400u) << id << answer.body;
    EXPECT_EQ(pointer(answer), "/order_id") << id;
  }
  const auto twice =
      at.call("POST", "/orders", R"({"order_id":"a","order_id":"b",)" + std::string(good_order).substr(1));
  EXPECT_EQ(twice.status, 400u);
}

TEST(http_orders, a_retry_has_one_effect_and_gets_the_first_answer) {
  shop at;
  const header_list key = {{"Idempotency-Key", "a key of any kind"}};
  const auto first = at.call("POST", "/orders", good_order, key);
  const auto again = at.call(
      "POST", "/orders",
      R"({ "items":[{"price":9.99,"quantity":2,"product_id":"lamp"}], "customer_id":"ada", "shipping_address":{"city":"London"}})",
      key);
  EXPECT_EQ(first.status, 201u) << first.body;
  EXPECT_EQ(again.status, 201u);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  const auto other = at.call("POST", "/orders", R"({"customer_id":"bob",)" + std::string(good_order).substr(21), key);
  EXPECT_EQ(other.status, 422u) << other.body;
}

TEST(http_orders, a_uuid_is_used_as_the_key_as_it_is) {
  shop at;
  const auto answer =
      at.call("POST", "/orders", good_order, {{"Idempotency-Key", "0190A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B"}});
  EXPECT_EQ(member(answer.body, "order_id"), "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
}

TEST(http_orders, bad_keys_are_refused) {
  shop at;
  for (const auto& key : {std::string(256, 'k'), std::string("k\xC3\xA4")}) {
    const auto answer = at.call("POST", "/orders", good_order, {{"Idempotency-Key", key}});
    EXPECT_EQ(answer.status, 400u);
    EXPECT_EQ(code(answer), "bad_idempotency_key");
  }
  EXPECT_EQ(at.call("POST", "/orders", good_order, {{"Idempotency-Key", std::string(255, 'k')}}).status, 201u);
}

struct bad_body {
  const char* body;
  const char* code;
  const char* pointer;
};

constexpr bad_body bad_bodies[] = {
    {R"({"items":[{"product_id":"p","quantity":1,"price":1}],"shipping_address":{}})", "missing_field", "/customer_id"},
    {R"({"customer_id":"a","items":[],"shipping_address":{}})", "empty_order", "/items"},
    {R"({"customer_id":"a","items":[{"product_id":"p","quantity":1,"price":1}],"shipping_address":{},"vip":true})",
     "unknown_field", "/vip"},
    {R"({"customer_id":7,"items":[{"product_id":"p","quantity":1,"price":1}],"shipping_address":{}})", "wrong_type",
     "/customer_id"},
    {R"({"customer_id":"a","items":[{"product_id":"p","quantity":0,"price":1}],"shipping_address":{}})", "bad_quantity",
     "/items/0/quantity"},
    {R"({"customer_id":"a","items":[{"product_id":"p","quantity":1,"price":-1}],"shipping_address":{}})", "bad_price",
     "/items/0/price"},
    {R"({"customer_id":"a")", "malformed_json", ""},
    {"[]", "wrong_type", ""},
    {"", "missing_field", "/customer_id"},
};

TEST(http_orders, what_can_never_be_accepted_is_400_and_names_the_field) {
  shop at;
  for (const auto& each : bad_bodies) {
    const auto answer = at.call("POST", "/orders", each.body);
    EXPECT_EQ(answer.status, 400u) << each.body << answer.body;
    EXPECT_EQ(code(answer), each.code) << each.body << answer.body;
    EXPECT_EQ(pointer(answer), each.pointer) << each.body;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  }
}

TEST(http_orders, a_price_has_at_most_two_decimals) {
  shop at;
  at.create("7");
  const auto add = [&](const std::string& price) {
    return at.call("POST", "/orders/7/items", R"({"product_id":"p","quantity":1,"price":)" + price + "}").status;
  };
  EXPECT_EQ(add("19.980"), 200u);
  EXPECT_EQ(add("1e2"), 200u);
  EXPECT_EQ(add("1.001"), 400u);
  EXPECT_EQ(add("\"1\""), 400u);
}

TEST(http_orders, hostile_bodies_are_400_or_413) {
  shop at;
  const auto nested = at.call("POST", "/orders", std::string(100'000, '['));
  EXPECT_EQ(nested.status, 400u);
  EXPECT_EQ(code(nested), "too_deep") << nested.body;
  const auto latin = at.call("POST", "/orders",
                             R"({"customer_id":")"
                             "\xE4"
                             R"("})");
  EXPECT_EQ(latin.status, 400u);
  EXPECT_EQ(code(latin), "invalid_utf8") << latin.body;
  EXPECT_EQ(at.call("POST", "/orders", std::string(2u << 20, 'x')).status, 413u);
}

TEST(http_orders, items_come_from_the_body_or_from_the_query) {
  shop at;
  at.create("7");
  EXPECT_EQ(at.call("POST", "/orders/7/items?product_id=42&quantity=3&price=1.50").status, 200u);
  EXPECT_EQ(member(at.call("GET", "/orders/7").body, "total_amount"), "24.48");
  const auto both = at.call("POST", "/orders/7/items?quantity=3", R"({"product_id":"p","quantity":3,"price":1})");
  EXPECT_EQ(both.status, 400u);
  EXPECT_EQ(code(both), "body_and_query");
  const auto word = at.call("POST", "/orders/7/items?product_id=p&quantity=three&price=1");
  EXPECT_EQ(word.status, 400u);
  EXPECT_EQ(pointer(word), "/quantity");
  const auto unknown = at.call("POST", "/orders/7/items?product_id=p&quantity=1&price=1&colour=red");
  EXPECT_EQ(unknown.status, 400u);
  EXPECT_EQ(pointer(unknown), "/colour");
}

TEST(http_orders, a_cancelled_order_refuses_changes) {
  shop at;
  at.create("7");
  const auto silent = at.call("DELETE", "/orders/7");
  EXPECT_EQ(silent.status, 400u);
  EXPECT_EQ(pointer(silent), "/reason");
  EXPECT_EQ(at.call("DELETE", "/orders/7?reason=too%20late").status, 200u);
  for (const auto& again : {at.call("DELETE", "/orders/7?reason=again"), at.call("POST", "/orders/7/ship")}) {
    EXPECT_EQ(again.status, 409u);
    EXPECT_EQ(code(again), "already_cancelled");
  }
}

TEST(http_orders, if_match_names_the_version_the_caller_saw) {
  shop at;
  at.create("7");
  const auto add = [&](const std::string& match) {
    return at.call("POST", "/orders/7/items?product_id=p&quantity=1&price=1", {}, {{"If-Match", match}});
  };
  const auto wrong = add("\"2\"");
  EXPECT_EQ(wrong.status, 412u) << wrong.body;
  EXPECT_EQ(add("\"1\"").status, 200u);
  EXPECT_EQ(add("2").status, 200u);
  EXPECT_EQ(add("*").status, 200u);
  for (const auto* bad : {"\"\"", "W/\"4\"", "\"4\", \"5\"", "four", "-4"}) {
    const auto answer = add(bad);
    EXPECT_EQ(answer.status, 400u) << bad;
    EXPECT_EQ(code(answer), "bad_if_match");
  }
}

TEST(http_orders, the_trace_of_the_caller_is_kept_with_the_events) {
  shop at;
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  at.call("POST", "/orders", R"({"order_id":"a",)" + std::string(good_order).substr(1), {{"traceparent", trace}});
  EXPECT_NE(at.call("GET", "/orders/a/events").body.find(R"("metadata":{"traceparent":")" + trace), std::string::npos);
  for (const auto* bad : {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "nonsense",
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"}) {
    const auto id = at.call("POST", "/orders", good_order, {{"traceparent", bad}});
    EXPECT_EQ(id.status, 201u);
    const auto events = at.call("GET", *id.header("Location") + "/events").body;
    EXPECT_EQ(events.find("metadata"), std::string::npos) << bad;
  }
}

TEST(http_orders, pipelined_commands_on_one_order_are_answered_in_order) {
  shop at;
  at.create("7");
  raw_socket caller(at.port());
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += "POST /orders/7/items?product_id=p&quantity=1&price=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  caller.send(all);
  std::vector<int> versions;
  for (int i = 0; i < 100; ++i) {
    const auto answer = caller.read();
    ASSERT_EQ(answer.status, 200u) << answer.body;
    versions.push_back(std::stoi(member(answer.body, "version")));
  }
  std::sort(versions.begin(), versions.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(versions[static_cast<std::size_t>(i)], i + 2);
}

TEST(http_orders, what_the_node_sheds_is_503_and_says_when_to_try_again) {
  actor_settings numbers;
  numbers.commands_in_flight_max = 0;
  numbers.queries_in_flight_max = 0;
  shop at({}, numbers);
  for (const auto& answer : {at.call("POST", "/orders", good_order), at.call("GET", "/customers/ada/orders")}) {
    EXPECT_EQ(answer.status, 503u) << answer.body;
    EXPECT_TRUE(answer.header("Retry-After"));
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  }
}

TEST(http_orders, a_full_disk_refuses_commands_and_goes_on_reading) {
  shop at;
  at.create("7");
  at.set_event_limit(1);
  const auto refused = at.call("POST", "/orders/7/ship");
  EXPECT_EQ(refused.status, 503u) << refused.body;
  EXPECT_TRUE(refused.header("Retry-After"));
  EXPECT_EQ(at.call("GET", "/orders/7").status, 200u);
  at.set_event_limit(UINT64_MAX);
  EXPECT_EQ(at.call("POST", "/orders/7/ship").status, 200u);
}

} // namespace
} // namespace stele::http
