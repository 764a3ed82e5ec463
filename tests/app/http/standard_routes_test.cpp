#include "tests/app/http/shop.hpp"

#include "persistence/json_document.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace stele::http {
namespace {

std::string code(const client_response& it) { return member(it.body, "code"); }

std::string open(shop& at, std::string_view id, std::string_view owner, std::string_view amount) {
  const auto path = "/account/" + std::string(id);
  EXPECT_EQ(at.call("POST", path + "/open_account", R"({"owner":")" + std::string(owner) + "\"}").status, 200u);
  const auto answer = at.call("POST", path + "/deposit", R"({"amount":)" + std::string(amount) + "}");
  EXPECT_EQ(answer.status, 200u) << answer.body;
  return member(answer.body, "token");
}

TEST(http_generic, a_command_is_sent_by_the_names_of_aggregate_and_command) {
  shop at;
  const auto token = open(at, "a1", "ada", "10.50");
  const auto row = at.call("GET", "/account_views/a1?after=" + token);
  EXPECT_EQ(row.status, 200u) << row.body;
  EXPECT_EQ(member(row.body, "balance"), "10.50");
  EXPECT_EQ(row.header("ETag"), "\"2\"");
  const auto more = at.call("POST", "/account/a1/withdraw", R"({"amount":11})");
  EXPECT_EQ(more.status, 409u);
  EXPECT_EQ(code(more), "not_enough");
}

TEST(http_generic, a_view_with_a_key_of_its_own_is_read_as_others_are) {
  shop at;
  std::string token;
  for (const auto* customer : {"ada@example.org", "bob", "ada@example.org"}) {
    const auto body = R"({"customer_id":")" + std::string(customer) +
                      R"(","shipping_address":{},"items":[{"product_id":"lamp","quantity":1,"price":2.50}]})";
    token += (token.empty() ? "?after=" : "&after=") + member(at.call("POST", "/orders", body).body, "token");
  }
  const auto row = at.call("GET", "/customer_summaries/ada%40example.org" + token);
  EXPECT_EQ(row.status, 200u) << row.body;
  EXPECT_EQ(member(row.body, "orders"), "2");
  EXPECT_EQ(member(row.body, "total_amount"), "5.00");
  EXPECT_EQ(member(row.body, "stale"), "false");
  EXPECT_EQ(code(at.call("GET", "/customer_summaries/nobody")), "unknown_key");
  const auto list = at.call("GET", "/customer_summaries" + token + "&orders.lt=2&sort_by=total_amount");
  EXPECT_EQ(member(list.body, "total"), "1") << list.body;
}

TEST(http_generic, what_is_so_already_changes_nothing) {
  shop at;
  open(at, "a1", "ada", "1");
  const auto again = at.call("POST", "/account/a1/open_account", R"({"owner":"ada"})");
  EXPECT_EQ(again.status, 200u);
  EXPECT_EQ(member(again.body, "version"), "2");
}

TEST(http_generic, the_id_new_makes_one_that_follows_from_the_key) {
  shop at;
  const header_list key = {{"Idempotency-Key", "k"}};
  const auto first = at.call("POST", "/account/new/open_account", R"({"owner":"ada"})", key);
  const auto again = at.call("POST", "/account/new/open_account", R"({"owner":"ada"})", key);
  EXPECT_EQ(first.status, 200u) << first.body;
  EXPECT_EQ(member(first.body, "id").size(), 36u);
  EXPECT_EQ(again.body, first.body);
  const auto other = at.call("POST", "/account/new/open_account", R"({"owner":"ada"})");
  EXPECT_NE(member(other.body, "id"), member(first.body, "id"));
}

TEST(http_generic, names_nobody_hosts_are_404) {
  shop at;
  EXPECT_EQ(at.call("POST", "/invoice/1/pay", "{}").status, 404u);
  EXPECT_EQ(at.call("GET", "/invoice_views/1").status, 404u);
  EXPECT_EQ(at.call("GET", "/invoice_views").status, 404u);
  EXPECT_EQ(at.call("GET", "/queries/invoices").status, 404u);
  EXPECT_EQ(at.call("GET", "/account_views/nobody").status, 404u);
  EXPECT_EQ(at.call("GET", "/account/nobody/state").status, 404u);
  const auto command = at.call("POST", "/account/1/close", "{}");
  EXPECT_EQ(command.status, 404u);
  EXPECT_EQ(code(command), "unknown_command");
  EXPECT_NE(member(command.body, "detail").find("open_account, deposit, withdraw"), std::string::npos);
}

TEST(http_generic, bad_fields_are_400_and_named) {
  shop at;
  const auto missing = at.call("POST", "/account/1/open_account");
  EXPECT_EQ(missing.status, 400u);
  EXPECT_EQ(member(missing.body, "pointer"), "/owner");
  EXPECT_EQ(at.call("POST", "/account/1/open_account", R"({"owner":7})").status, 400u);
  EXPECT_EQ(at.call("POST", "/account/1/open_account", R"({"owner":"a","x":1})").status, 400u);
  EXPECT_EQ(at.call("POST", "/account/1/open_account?owner=ada").status, 400u);
  EXPECT_EQ(at.call("POST", "/account/%2e/open_account", R"({"owner":"a"})").status, 400u);
  EXPECT_EQ(at.call("POST", "/account/a%20b/open_account", R"({"owner":"a"})").status, 400u);
}

TEST(http_generic, state_and_events_of_any_aggregate) {
  shop at;
  open(at, "a1", "ada", "10");
  const auto now = at.call("GET", "/account/a1/state");
  EXPECT_EQ(member(now.body, "version"), "2") << now.body;
  EXPECT_EQ(member(member(now.body, "state"), "balance"), "10.00");
  EXPECT_EQ(member(member(at.call("GET", "/account/a1/state?at_version=1").body, "state"), "balance"), "0.00");
  const auto events = at.call("GET", "/account/a1/events");
  EXPECT_EQ(member(events.body, "id"), "a1");
  EXPECT_NE(events.body.find(R"("type":"deposited","type_version":1)"), std::string::npos) << events.body;
}

TEST(http_generic, a_registered_query_is_asked_by_name) {
  shop at;
  open(at, "a1", "ada", "10");
  const auto token = open(at, "a2", "ada", "20");
  const auto list = at.call("GET", "/queries/accounts_of_owner?owner=ada&page_size=1&after=" + token);
  EXPECT_EQ(list.status, 200u) << list.body;
  EXPECT_NE(list.body.find(R"("account_id":"a2")"), std::string::npos);
  EXPECT_EQ(at.call("GET", "/queries/accounts_of_owner").status, 400u);
  EXPECT_EQ(at.call("GET", "/queries/accounts_of_owner?owner=a&colour=red").status, 400u);
}

struct filter {
  const char* query;
  const char* ids; // In the order of the answer.
};

TEST(http_generic, a_view_is_filtered_and_sorted_by_its_columns) {
  shop at;
  std::string after;
  for (const auto& token : {open(at, "a1", "ada", "10"), open(at, "a2", "Adam", "20.50"), open(at, "b1", "bob", "30")})
    after += "&after=" + token;
  for (const auto& each :
       {filter{"owner=ada", "a1"}, filter{"owner.contains=ADA", "a1 a2"}, filter{"balance.gte=20.50", "a2 b1"},
        filter{"balance.lt=20.5", "a1"}, filter{"owner.ne=bob&balance.gt=10", "a2"},
        filter{"version=2&movements=1", "a1 a2 b1"}, filter{"sort_by=balance&sort_order=desc", "b1 a2 a1"},
        filter{"sort_order=desc", "b1 a2 a1"}, filter{"page=2&page_size=2", "b1"}, filter{"owner=nobody", ""}}) {
    const auto answer = at.call("GET", "/account_views?" + std::string(each.query) + after);
    EXPECT_EQ(answer.status, 200u) << each.query << answer.body;
    std::string ids;
    for (std::size_t from = 0; (from = answer.body.find(R"("account_id":")", from)) != std::string::npos;) {
      from += 14;
      ids += (ids.empty() ? "" : " ") + answer.body.substr(from, 2);
    }
    EXPECT_EQ(ids, each.ids) << each.query;
  }
}

TEST(http_generic, filters_that_make_no_sense_are_400) {
  shop at;
  for (const auto* query :
       {"colour=red", "balance=much", "balance.contains=1", "version=1.5", "balance=1.001", "owner.like=a",
        "sort_by=colour", "sort_order=up", "page=0", "page_size=101", "page_size=x"})
    EXPECT_EQ(at.call("GET", "/account_views?" + std::string(query)).status, 400u) << query;
  EXPECT_EQ(at.call("GET", "/order_views?created_at.gt=yesterday").status, 400u);
}

TEST(http_health, the_process_answers_and_says_when_it_is_ready) {
  shop at;
  EXPECT_EQ(at.call("GET", "/healthz").status, 200u);
  at.create("7");
  at.call("GET", "/customers/ada/orders"); // The view of orders is open now.
  at.call("GET", "/account_views");
  const auto ready = at.call("GET", "/readyz");
  EXPECT_EQ(ready.status, 200u) << ready.body;
  at.drain();
  const auto draining = at.call("GET", "/readyz");
  EXPECT_EQ(draining.status, 503u);
  EXPECT_TRUE(draining.header("Retry-After"));
  EXPECT_EQ(at.call("POST", "/orders/7/ship").status, 503u);
}

TEST(http_metrics, count_commands_queries_and_lag) {
  shop at;
  const auto token = at.create("7");
  at.call("GET", "/customers/ada/orders?after=" + token);
  at.call("POST", "/orders/8/ship");
  const auto text = at.call("GET", "/metrics");
  EXPECT_EQ(text.status, 200u);
  EXPECT_EQ(text.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const auto* line :
       {"stele_commands_total{result=\"accepted\"} 1\n", "stele_commands_total{result=\"refused\"} 1\n",
        "stele_command_seconds_count 2\n", "stele_queries_total{result=\"answered\"} 1\n",
        "stele_queries_total{result=\"shed\"} 0\n", "stele_batch_events_sum 1\n",
        "stele_view_lag_events{view=\"order_views\"} 0\n", "stele_view_lag_seconds{view=\"order_views\"} 0\n",
        "stele_waiters 0\n", "stele_http_answers_total{class=\"4xx\"} 1\n"})
    EXPECT_NE(text.body.find(line), std::string::npos) << line << text.body;
  EXPECT_NE(text.body.find("stele_aggregates_live "), std::string::npos);
}

TEST(http_admin, views_are_listed_paused_resumed_and_rebuilt) {
  shop at;
  const auto token = at.create("7");
  at.call("GET", "/customers/ada/orders?after=" + token);
  const auto before = at.call("GET", "/views");
  EXPECT_NE(before.body.find(R"("view":"order_views","state":"running")"), std::string::npos) << before.body;
  EXPECT_EQ(at.call("POST", "/views/order_views/pause").status, 202u);
  EXPECT_NE(at.call("GET", "/views").body.find(R"("view":"order_views","state":"paused")"), std::string::npos);
  EXPECT_EQ(at.call("POST", "/views/order_views/resume").status, 202u);
  const auto rebuild = at.call("POST", "/views/order_views/rebuild");
  EXPECT_EQ(rebuild.status, 202u) << rebuild.body;
  EXPECT_EQ(member(rebuild.body, "begun"), "rebuild");
  EXPECT_EQ(at.call("GET", "/orders/7").status, 200u);
  const auto unknown = at.call("POST", "/views/nothing/rebuild");
  EXPECT_EQ(unknown.status, 404u);
  EXPECT_EQ(at.call("GET", "/views/order_views/rebuild").status, 405u);
}

TEST(http_admin, a_backup_never_overwrites_and_wants_an_absolute_path) {
  shop at;
  const auto taken = std::filesystem::temp_directory_path() / ("stele_backup_" + std::to_string(::getpid()));
  std::ofstream(taken) << "precious";
  const auto exists = at.call("POST", "/backup", R"({"file":")" + taken.string() + "\"}");
  EXPECT_EQ(exists.status, 409u) << exists.body;
  EXPECT_EQ(code(exists), "file_exists");
  std::filesystem::remove(taken);
  for (const auto* body :
       {"", "{}", R"({"file":"relative.db"})", R"({"file":7})", R"({"file":"/tmp/x","more":1})", "[", "[]"})
    EXPECT_EQ(at.call("POST", "/backup", body).status, 400u) << body;
}

TEST(http_openapi, describes_every_route) {
  shop at;
  const auto answer = at.call("GET", "/openapi.json");
  EXPECT_EQ(answer.status, 200u);
  json_document document;
  EXPECT_FALSE(document.read(answer.body));
  for (const auto* path :
       {"/orders", "/orders/{id}", "/orders/search", "/customers/{id}/orders", "/account/{id}/{command}",
        "/account_views", "/account_views/{key}", "/customer_summaries/{key}", "/queries/accounts_of_owner",
        "/openapi.json", "/metrics", "/views/{view}/rebuild", "/backup"})
    EXPECT_FALSE(member(member(answer.body, "paths"), path).empty()) << path;
  const auto command = member(member(answer.body, "paths"), "/account/{id}/{command}");
  EXPECT_NE(command.find(R"("enum":["open_account","deposit","withdraw"])"), std::string::npos) << command;
  const auto schemas = member(member(answer.body, "components"), "schemas");
  EXPECT_NE(member(schemas, "order_views").find(R"("shipped_at":{"type":["string","null"],"format":"date-time"})"),
            std::string::npos)
      << schemas;
}

} // namespace
} // namespace stele::http
