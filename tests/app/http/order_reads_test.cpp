#include "actors/token.hpp"
#include "tests/app/http/shop.hpp"

#include <gtest/gtest.h>

namespace stele::http {
namespace {

std::string code(const client_response& it) { return member(it.body, "code"); }

TEST(http_orders, an_unknown_order_is_404) {
  shop at;
  EXPECT_EQ(at.call("GET", "/orders/7").status, 404u);
  EXPECT_EQ(at.call("GET", "/orders/7/details").status, 404u);
  EXPECT_EQ(at.call("GET", "/orders/7/events").status, 404u);
  EXPECT_EQ(at.call("POST", "/orders/7/ship").status, 404u);
  EXPECT_EQ(at.call("DELETE", "/orders/7?reason=x").status, 404u);
  EXPECT_EQ(at.call("POST", "/orders/7/items?product_id=p&quantity=1&price=1").status, 404u);
}

TEST(http_orders, the_token_of_an_answer_that_found_nothing_can_be_sent_back) {
  shop at;
  const auto none = at.call("GET", "/orders/7");
  EXPECT_EQ(code(none), "unknown_order");
  EXPECT_EQ(member(none.body, "stale"), "false");
  EXPECT_EQ(at.call("GET", "/orders/7?after=" + member(none.body, "token")).status, 404u);
}

TEST(http_orders, hostile_ids_are_400) {
  shop at;
  for (const auto* id : {"a%2Fb", "a%00", "%2e%2e", "a%20b", "%C3%A4"}) {
    EXPECT_EQ(at.call("GET", "/orders/" + std::string(id)).status, 400u) << id;
    EXPECT_EQ(at.call("POST", "/orders/" + std::string(id) + "/ship").status, 400u) << id;
  }
  EXPECT_EQ(at.call("GET", "/orders/" + std::string(129, 'a')).status, 400u);
  EXPECT_EQ(at.call("GET", "/orders/" + std::string(128, 'a')).status, 404u);
}

TEST(http_orders, wrong_methods_are_405_with_allow) {
  shop at;
  const auto put = at.call("PUT", "/orders/7", "{}");
  EXPECT_EQ(put.status, 405u);
  EXPECT_EQ(put.header("Allow"), "DELETE, GET, HEAD");
  EXPECT_EQ(at.call("GET", "/orders").header("Allow"), "POST");
  EXPECT_EQ(at.call("GET", "/orders/7/ship").status, 405u);
  EXPECT_EQ(at.call("POST", "/orders/search").status, 405u);
}

TEST(http_orders, a_token_makes_the_answer_hold_the_callers_own_write) {
  shop at;
  for (int i = 0; i < 20; ++i) {
    const auto id = std::to_string(i);
    const auto token = at.create(id);
    const auto list = at.call("GET", "/customers/ada/orders?page_size=100&after=" + token);
    EXPECT_EQ(member(list.body, "total"), std::to_string(i + 1));
    EXPECT_EQ(member(list.body, "stale"), "false");
    const auto search = at.call("GET", "/orders/search?q=ADA&customer_id=ada", {}, {{"X-Stele-Token", token}});
    EXPECT_EQ(member(search.body, "total"), std::to_string(i + 1));
  }
}

TEST(http_orders, several_tokens_are_waited_for_together_and_come_back_as_one) {
  shop at;
  const auto a = at.create("a"), b = at.create("b");
  const auto list = at.call("GET", "/customers/ada/orders?after=" + a + "&after=" + b);
  EXPECT_EQ(member(list.body, "total"), "2");
  const auto merged = member(list.body, "token");
  EXPECT_EQ(list.header("X-Stele-Token"), merged);
  EXPECT_EQ(member(at.call("GET", "/orders/a?after=" + merged).body, "stale"), "false");
}

TEST(http_orders, bad_tokens_are_400_and_tokens_of_another_history_409) {
  shop at;
  const auto token = at.create("7");
  auto flipped = token;
  flipped[3] = flipped[3] == 'A' ? 'B' : 'A';
  for (const auto& bad : {flipped, std::string("nonsense"), std::string()}) {
    const auto answer = at.call("GET", "/orders/7?after=" + bad);
    EXPECT_EQ(answer.status, 400u) << bad;
    EXPECT_EQ(code(answer), "bad_token");
  }
  // A token of another store: made by hand from a history that is not this one's.
  const stele::token other = make_token(hash_to_uuid("another history"), 0, 1);
  const auto answer = at.call("GET", "/orders/7?after=" + to_text(other));
  EXPECT_EQ(answer.status, 409u);
  EXPECT_EQ(code(answer), "history_changed");
}

TEST(http_orders, a_wait_that_ends_too_early_answers_stale_data) {
  shop at;
  const auto token = at.create("7");
  const stele::token ahead = make_token(at.history(), at.shard("order-7"), 99);
  at.time.goes = true;
  const auto answer = at.call("GET", "/orders/7?timeout=10ms&after=" + to_text(ahead));
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(member(answer.body, "stale"), "true");
  EXPECT_EQ(member(answer.body, "order_id"), "7");
  EXPECT_EQ(member(answer.body, "reached"), token);
  EXPECT_EQ(member(answer.body, "token"), to_text(ahead));
}

TEST(http_orders, time_outs_and_pages_outside_their_bounds_are_400) {
  shop at;
  for (const auto* query : {"timeout=30001", "timeout=31s", "timeout=-1", "timeout=soon", "timeout=", "afterr=x"})
    EXPECT_EQ(at.call("GET", "/orders/7?" + std::string(query)).status, 400u) << query;
  for (const auto* query :
       {"page=0", "page=-1", "page=x", "page_size=0", "page_size=101", "status=lost", "colour=red"}) {
    EXPECT_EQ(at.call("GET", "/customers/ada/orders?" + std::string(query)).status, 400u) << query;
    EXPECT_EQ(at.call("GET", "/orders/search?" + std::string(query)).status, 400u) << query;
  }
  EXPECT_EQ(at.call("GET", "/orders/search?sort_by=colour").status, 400u);
  EXPECT_EQ(at.call("GET", "/orders/search?sort_order=up").status, 400u);
}

TEST(http_orders, the_orders_of_a_customer_come_in_pages_the_newest_first) {
  shop at;
  std::string token;
  for (int i = 1; i <= 5; ++i) {
    at.time.at += 1000;
    token = at.create(std::to_string(i));
    at.call("GET", "/orders/" + std::to_string(i) + "?after=" + token);
  }
  at.create("6", "bob");
  const auto all = at.call("GET", "/customers/ada/orders?page=2&page_size=2&after=" + token);
  EXPECT_EQ(member(all.body, "total"), "5") << all.body;
  EXPECT_EQ(member(all.body, "total_pages"), "3");
  EXPECT_EQ(member(all.body, "page"), "2");
  const auto items = member(all.body, "items");
  EXPECT_LT(items.find(R"("order_id":"3")"), items.find(R"("order_id":"2")"));
  EXPECT_EQ(items.find(R"("order_id":"4")"), std::string::npos);
  const auto nobody = at.call("GET", "/customers/nobody/orders");
  EXPECT_EQ(nobody.status, 200u);
  EXPECT_EQ(member(nobody.body, "total"), "0");
  EXPECT_EQ(member(nobody.body, "items"), "[]");
}

TEST(http_orders, an_order_is_shown_as_it_was) {
  shop at;
  at.create("7");
  at.time.at += 60'000;
  at.call("DELETE", "/orders/7?reason=late");
  const auto first = at.call("GET", "/orders/7?at_version=1");
  EXPECT_EQ(first.status, 200u) << first.body;
  EXPECT_EQ(member(first.body, "version"), "1");
  EXPECT_EQ(member(first.body, "at"), "2026-03-01T10:00:00.000Z");
  EXPECT_EQ(member(member(first.body, "state"), "status"), "pending");
  EXPECT_EQ(at.call("GET", "/orders/7?at=2026-03-01T10:00:59Z").body, first.body);
  EXPECT_EQ(member(at.call("GET", "/orders/7?at=2026-03-01T12:00:00%2B01:00").body, "version"), "2");
  EXPECT_EQ(at.call("GET", "/orders/7?at=2026-03-01T09:59:59Z").status, 404u);
  EXPECT_EQ(at.call("GET", "/orders/7?at_version=3").status, 404u);
  EXPECT_EQ(at.call("GET", "/orders/7?at_version=0").status, 400u);
  EXPECT_EQ(at.call("GET", "/orders/7?at=yesterday").status, 400u);
  EXPECT_EQ(at.call("GET", "/orders/7?at_version=1&at=2026-03-01T10:00:00Z").status, 400u);
}

TEST(http_orders, details_show_items_address_and_reason) {
  shop at;
  at.create("7");
  at.call("DELETE", "/orders/7?reason=late");
  const auto details = at.call("GET", "/orders/7/details");
  EXPECT_EQ(details.status, 200u) << details.body;
  EXPECT_EQ(member(details.body, "order_id"), "7");
  EXPECT_EQ(member(details.body, "reason"), "late");
  EXPECT_EQ(member(details.body, "shipping_address"), R"({"city":"London"})");
  EXPECT_EQ(member(details.body, "items"), R"([{"product_id":"lamp","quantity":2,"price":9.99}])");
  EXPECT_EQ(member(details.body, "version"), "2");
}

TEST(http_orders, the_history_comes_in_pieces) {
  shop at;
  at.create("7");
  at.call("POST", "/orders/7/ship");
  const auto first = at.call("GET", "/orders/7/events?limit=1");
  EXPECT_EQ(first.status, 200u) << first.body;
  EXPECT_EQ(member(first.body, "more"), "true");
  EXPECT_NE(first.body.find(R"("type":"order_created")"), std::string::npos);
  EXPECT_EQ(first.body.find("order_shipped"), std::string::npos);
  const auto rest = at.call("GET", "/orders/7/events?after_version=1");
  EXPECT_EQ(member(rest.body, "more"), "false");
  EXPECT_NE(rest.body.find("order_shipped"), std::string::npos);
  EXPECT_EQ(at.call("GET", "/orders/7/events?limit=0").status, 400u);
  EXPECT_EQ(at.call("GET", "/orders/7/events?limit=1001").status, 400u);
}

} // namespace
} // namespace stele::http
