// Keys at the HTTP door: which route takes which, and what ends one.
#include "tests/app/http/door_files.hpp"
#include "tests/app/http/raw_socket.hpp"
#include "tests/app/http/shop.hpp"

#include "app/security/secret.hpp"

#include <boost/json/parse.hpp>

#include <fstream>
#include <map>
#include <regex>

namespace stele::http {
namespace {

using security::role;

struct caller {
  caller(std::uint16_t port, std::string key) : client(node_access{"127.0.0.1", port, nullptr, std::move(key)}) {}

  client_response ask(std::string_view method, std::string_view target) {
    auto answer = client.request(method, target, method == "GET" ? "" : "{}");
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().what);
    return answer ? *answer : client_response{};
  }

  http_client client;
};

/// What each route needs, written down a second time: `-` is open to everybody. A route that is not here fails the
/// test.
const std::map<std::string, std::string>& rules() {
  static const std::map<std::string, std::string> all = {
      {"get /healthz", "-"},
      {"get /readyz", "-"},
      {"get /metrics", "query"},
      {"get /openapi.json", "query"},
      {"get /events", "query"},
      {"get /views", "query"},
      {"get /cluster", "query"},
      {"post /views/{view}/rebuild", "admin"},
      {"post /views/{view}/pause", "admin"},
      {"post /views/{view}/resume", "admin"},
      {"post /backup", "admin"},
      {"post /orders", "command"},
      {"post /orders/{id}/items", "command"},
      {"post /orders/{id}/ship", "command"},
      {"delete /orders/{id}", "command"},
      {"get /orders/{id}", "query"},
      {"get /orders/{id}/details", "query"},
      {"get /orders/{id}/events", "query"},
      {"get /orders/search", "query"},
      {"get /customers/{id}/orders", "query"},
      {"post /order/{id}/{command}", "command"},
      {"get /order/{id}/state", "query"},
      {"get /order/{id}/events", "query"},
      {"get /order_views", "query"},
      {"get /order_views/{key}", "query"},
      {"post /account/{id}/{command}", "command"},
      {"get /account/{id}/state", "query"},
      {"get /account/{id}/events", "query"},
      {"get /account_views", "query"},
      {"get /account_views/{key}", "query"},
      {"get /customer_summaries", "query"},
      {"get /customer_summaries/{key}", "query"},
      {"get /queries/orders_of_customer", "query"},
      {"get /queries/search_orders", "query"},
      {"get /queries/accounts_of_owner", "query"},
  };
  return all;
}

int rank(const std::string& role_or_none) {
  return role_or_none == "-" ? -1 : static_cast<int>(*security::role_of(role_or_none));
}

std::string in_capitals(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

TEST(keys, every_route_takes_the_roles_it_should_and_no_other) {
  const door_files files;
  std::map<std::string, std::string> secrets = {{"-", ""}};
  for (const auto may : {role::query, role::command, role::admin})
    secrets[std::string(to_string(may))] = files.key(may).secret;
  shop at(files.with_keys());
  std::size_t seen = 0;
  const auto described = boost::json::parse(caller(at.port(), secrets["query"]).ask("GET", "/openapi.json").body);
  for (const auto& [path, operations] : described.at("paths").as_object())
    for (const auto& [method, operation] : operations.as_object()) {
      ++seen;
      const auto name = std::string(method) + ' ' + std::string(path);
      const auto rule = rules().find(name);
      ASSERT_NE(rule, rules().end()) << name << " has no rule here; say who may ask for it";
      const auto target = std::regex_replace(std::string(path), std::regex("\\{[a-z]+\\}"), "nothing");
      for (const auto& [has, secret] : secrets) {
        const auto status = caller(at.port(), secret).ask(in_capitals(std::string(method)), target).status;
        const auto needs = rank(rule->second);
        if (has == "-" && needs >= 0)
          EXPECT_EQ(status, 401u) << name << " without a key";
        else if (rank(has) < needs)
          EXPECT_EQ(status, 403u) << name << " with a key for " << has;
        else
          EXPECT_TRUE(status != 401 && status != 403 && status != 0)
              << name << " with a key for " << has << ": " << status;
      }
    }
  EXPECT_EQ(seen, rules().size());
}

TEST(keys, a_refusal_says_what_is_missing) {
  const door_files files;
  const auto small = files.key(role::query);
  shop at(files.with_keys());
  const auto none = caller(at.port(), "").ask("GET", "/orders/7");
  EXPECT_EQ(none.status, 401u);
  EXPECT_EQ(none.header("WWW-Authenticate"), R"(Bearer realm="stele")");
  EXPECT_EQ(none.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(member(none.body, "code"), "key_missing");
  const auto too_small = caller(at.port(), small.secret).ask("POST", "/orders");
  EXPECT_EQ(member(too_small.body, "code"), "role_too_small");
  EXPECT_EQ(too_small.header("WWW-Authenticate"), R"(Bearer realm="stele", error="insufficient_scope")");
}

TEST(keys, strangers_are_not_told_which_paths_there_are) {
  const door_files files;
  files.key(role::query);
  shop at(files.with_keys());
  for (const auto* target : {"/no/such/path", "/%zz", "/healthz/x", "/orders", "http://localhost/orders/1"})
    EXPECT_EQ(caller(at.port(), "").ask("GET", target).status, 401u) << target;
}

TEST(keys, what_only_looks_like_a_key_is_refused) {
  const door_files files;
  const auto good = files.key(role::admin);
  const auto expired = files.key(role::admin, key_time() - 1);
  shop at(files.with_keys());
  const auto code = [&](const std::string& key) {
    const auto answer = caller(at.port(), key).ask("GET", "/orders/7");
    EXPECT_EQ(answer.status, 401u) << key;
    EXPECT_EQ(answer.header("WWW-Authenticate"), R"(Bearer realm="stele", error="invalid_token")");
    return member(answer.body, "code");
  };
  auto flipped = good.secret;
  flipped.back() = flipped.back() == '0' ? '1' : '0';
  const auto other_id = "stele_000000000000" + good.secret.substr(18);
  for (const auto& wrong :
       {flipped, other_id, good.secret.substr(0, 30), good.secret + "0", std::string("stele_"), std::string("x"),
        "stele_" + good.key.id + "_", good.key.hash.empty() ? "" : security::to_hex(good.key.hash)})
    EXPECT_EQ(code(wrong), "key_not_accepted") << wrong;
  EXPECT_EQ(code(expired.secret), "key_expired");
  auto expired_and_wrong = expired.secret;
  expired_and_wrong.back() = expired_and_wrong.back() == '0' ? '1' : '0';
  EXPECT_EQ(code(expired_and_wrong), "key_not_accepted") << "only the owner is told that it expired";
}

TEST(keys, only_one_authorization_of_the_right_kind_counts) {
  const door_files files;
  const auto good = files.key(role::query);
  shop at(files.with_keys());
  const auto status = [&](const std::string& fields) {
    raw_socket to(at.port());
    to.send("GET /views HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    return to.read().status;
  };
  const auto bearer = "Bearer " + good.secret;
  EXPECT_EQ(status("Authorization: " + bearer + "\r\n"), 200u) << "with the role query, which administers nothing";
  EXPECT_EQ(status("Authorization: bearer " + good.secret + "\r\n"), 200u);
  EXPECT_EQ(status("Authorization: " + bearer + "\r\nAuthorization: " + bearer + "\r\n"), 401u);
  EXPECT_EQ(status("Authorization: Basic " + good.secret + "\r\n"), 401u);
  EXPECT_EQ(status("Authorization: " + good.secret + "\r\n"), 401u);
}

/// Asks until the answer has that status, at most ten seconds.
bool comes_to(caller& of, unsigned status) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (of.ask("GET", "/order_views").status != status)
    if (std::chrono::steady_clock::now() > give_up) return false;
  return true;
}

TEST(keys, a_key_revoked_while_the_node_runs_is_refused) {
  const door_files files;
  const auto first = files.key(role::query), second = files.key(role::query);
  shop at(files.with_keys());
  caller ada(at.port(), first.secret), bob(at.port(), second.secret);
  EXPECT_EQ(ada.ask("GET", "/order_views").status, 200u);
  EXPECT_FALSE(security::revoke_key(files.keys(), first.key.id, key_time()));
  EXPECT_TRUE(comes_to(ada, 401));
  EXPECT_EQ(member(ada.ask("GET", "/order_views").body, "code"), "key_revoked");
  EXPECT_EQ(bob.ask("GET", "/order_views").status, 200u);
  caller eve(at.port(), files.key(role::query).secret);
  EXPECT_TRUE(comes_to(eve, 200)) << "one that was made meanwhile";
}

TEST(keys, a_stream_of_events_ends_with_its_key) {
  const door_files files;
  const auto reader = files.key(role::query), writer = files.key(role::command);
  auto settings = files.with_keys();
  settings.heartbeat_ms = 20;
  shop at(settings);
  at.time.goes = true;
  raw_socket stream(at.port());
  stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer " +
              reader.secret + "\r\n\r\n");
  EXPECT_NE(stream.read_until("\n\n").find("200 OK"), std::string::npos);
  EXPECT_FALSE(security::revoke_key(files.keys(), reader.key.id, key_time()));
  while (!stream.read_until("\n\n").empty()) {} // Heartbeats, until it ends.
  EXPECT_TRUE(stream.at_end());
}

TEST(keys, nobody_comes_in_while_the_file_can_not_be_used) {
  const door_files files;
  const auto good = files.key(role::query);
  shop at(files.with_keys());
  caller ada(at.port(), good.secret);
  const auto text = *security::read_file(files.keys());
  std::ofstream(files.keys(), std::ios::app) << "{}\n";
  EXPECT_TRUE(comes_to(ada, 503));
  EXPECT_EQ(ada.ask("GET", "/healthz").status, 200u);
  EXPECT_FALSE(security::write_over(files.keys(), text));
  EXPECT_TRUE(comes_to(ada, 200));
  std::filesystem::permissions(files.keys(), std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_TRUE(comes_to(ada, 503)) << "others could read it";
}

// What the node compares must not tell by its time how much of a guess was right.
TEST(keys, secrets_are_compared_in_constant_time) {
  std::ifstream compare(std::string(STELE_SOURCE_DIR) + "/app/security/secret.cpp");
  const std::string text{std::istreambuf_iterator<char>(compare), {}};
  EXPECT_NE(text.find("CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0"), std::string::npos);
  std::ifstream check(std::string(STELE_SOURCE_DIR) + "/app/security/key_ring.cpp");
  const std::string ring{std::istreambuf_iterator<char>(check), {}};
  EXPECT_NE(ring.find("same_secret(key.hash, hash_secret("), std::string::npos);
  EXPECT_TRUE(security::same_secret("abc", "abc"));
  EXPECT_FALSE(security::same_secret("abc", "abd"));
  EXPECT_FALSE(security::same_secret("abc", "ab"));
}

TEST(keys, the_file_holds_no_secret_and_is_for_its_owner_alone) {
  const door_files files;
  const auto made = files.key(role::admin);
  const auto text = *security::read_file(files.keys());
  EXPECT_EQ(text.find(made.secret.substr(19)), std::string::npos);
  EXPECT_NE(text.find(made.key.id), std::string::npos);
  const auto mode = std::filesystem::status(files.keys()).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

} // namespace
} // namespace stele::http
