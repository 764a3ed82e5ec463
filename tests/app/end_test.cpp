#include "app/admin/verify.hpp"
#include "app/http/http_client.hpp"
#include "app/signals.hpp"
#include "app/stele.hpp"
#include "app/time_limit.hpp"
#include "tests/app/child_process.hpp"
#include "tests/app/order_shop.hpp"

#include <atomic>
#include <thread>

namespace stele {
namespace {

constexpr const char* order_body = R"({"customer_id":"ada","items":[{"product_id":"p","quantity":1,"price":1.5}],)"
                                   R"("shipping_address":{}})";

int run_with(std::vector<std::string> arguments) {
  std::vector<char*> raw;
  for (auto& it : arguments) raw.push_back(it.data());
  return run(static_cast<int>(raw.size()), raw.data(), assemble);
}

std::uint16_t port_of(const std::string& ready_line) {
  const auto http = ready_line.find("ready http=127.0.0.1:");
  return http == 0 ? static_cast<std::uint16_t>(std::stoi(ready_line.substr(21))) : std::uint16_t{0};
}

// A node in a process of its own.
struct node_process : child_process {
  explicit node_process(const std::string& file)
      : child_process([file] {
          return run_with({"stele", "node", "--store=sqlite:" + file, "--http.port=0", "--gateway.port=0",
                           "--log.level=error", "--config=/dev/null"});
        }),
        port(port_of(line())) {}

  std::uint16_t port;
};

// The store is clean, and the view has a row for every order that is in the log.
void expect_all_folded(const std::string& file) {
  const order_shop names(in_memory());
  auto opened = open_store({.uri = "sqlite:" + file, .read_only = true});
  ASSERT_TRUE(opened) << opened.error().what;
  const auto report = admin::verify(**opened, names.hosted(), {});
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->found.none()) << report->found.all().front().first;
  EXPECT_EQ(report->views.front().rows, report->streams);
}

TEST(end_of_a_node, it_prints_one_line_when_it_is_ready_and_ends_with_zero) {
  const temporary_folder folder;
  node_process node(folder.file("shop.db"));
  ASSERT_NE(node.port, 0);
  node.signal(SIGTERM);
  EXPECT_EQ(node.line(), "");
  EXPECT_EQ(node.wait(), 0);
}

TEST(end_of_a_node, an_interrupt_ends_it_as_well_and_a_hang_up_does_not) {
  const temporary_folder folder;
  node_process node(folder.file("shop.db"));
  node.signal(SIGHUP);
  http::http_client client("127.0.0.1", node.port);
  EXPECT_TRUE(client.request("GET", "/healthz"));
  node.signal(SIGINT);
  EXPECT_EQ(node.wait(), 0);
}

TEST(end_of_a_node, nothing_that_was_acknowledged_while_it_drained_is_lost) {
  const temporary_folder folder;
  std::vector<std::vector<std::string>> acknowledged(4);
  {
    node_process node(folder.file("shop.db"));
    std::atomic<int> done{0};
    std::vector<std::thread> callers;
    for (std::size_t caller = 0; caller < acknowledged.size(); ++caller)
      callers.emplace_back([&, caller] {
        http::http_client client("127.0.0.1", node.port);
        for (int i = 0;; ++i) {
          const auto id = std::to_string(caller) + '.' + std::to_string(i);
          const auto answer = client.request("POST", "/order/" + id + "/create_order", order_body);
          if (!answer || answer->status / 100 != 2) return;
          acknowledged[caller].push_back(id);
          if (++done == 200) node.signal(SIGTERM); // In the middle of the load.
        }
      });
    for (auto& it : callers) it.join();
    EXPECT_EQ(node.wait(), 0);
  }
  expect_all_folded(folder.file("shop.db"));
  order_shop shop(sqlite_config(folder.file("shop.db")));
  std::size_t count = 0;
  for (const auto& ids : acknowledged)
    for (const auto& id : ids) {
      EXPECT_TRUE(shop.history("order-" + id)) << id;
      ++count;
    }
  EXPECT_GE(count, 200u);
}

TEST(end_of_a_node, a_waiting_query_does_not_hold_it) {
  const temporary_folder folder;
  node_process node(folder.file("shop.db"));
  http::http_client client("127.0.0.1", node.port);
  const auto made = client.request("POST", "/order/1/create_order", order_body);
  ASSERT_TRUE(made);
  auto later = *parse_token(*made->header("X-Stele-Token"));
  later.positions.front().second += 1000; // Of events that never come.
  std::thread caller([&] { client.request("GET", "/order_views/1?timeout=30s&after=" + to_text(later)); });
  http::http_client other("127.0.0.1", node.port);
  while (other.request("GET", "/metrics")->body.find("stele_waiters 1") == std::string::npos) {}
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait(), 0);
  caller.join();
}

TEST(end_of_a_node, a_port_that_is_taken_is_a_failure_with_a_sentence) {
  const temporary_folder folder;
  node_process first(folder.file("shop.db"));
  child_process second([&] {
    return run_with({"stele", "node", "--store=memory:", "--http.port=" + std::to_string(first.port),
                     "--gateway.port=0", "--config=/dev/null"});
  });
  EXPECT_NE(second.line().find(std::to_string(first.port)), std::string::npos);
  EXPECT_EQ(second.wait(), 1);
}

TEST(end_of_a_node, a_store_in_use_is_a_failure_with_a_sentence) {
  const temporary_folder folder;
  node_process first(folder.file("shop.db"));
  child_process verify([&] { return run_with({"stele", "verify", "--store=sqlite:" + folder.file("shop.db")}); });
  EXPECT_NE(verify.line().find("stop the node first"), std::string::npos);
  EXPECT_EQ(verify.wait(), 1);
}

TEST(end_of_a_node, bad_usage_is_two) {
  child_process wrong([] { return run_with({"stele", "node", "--http.port=x"}); });
  EXPECT_EQ(wrong.line(), "--http.port: http.port wants a whole number from 0 to 65535, found 'x'");
  EXPECT_EQ(wrong.wait(), 2);
}

TEST(end_of_a_node, a_second_signal_ends_a_process_at_once) {
  child_process child([] {
    take_signals();
    ::raise(SIGTERM);
    if (!wait_for_end(0)) return 3;
    ::raise(SIGTERM);
    return 0;
  });
  EXPECT_EQ(child.line(), "ended at once by a second signal");
  EXPECT_EQ(child.wait(), 1);
}

TEST(end_of_a_node, a_way_down_that_takes_too_long_is_cut_off_and_said) {
  child_process child([] {
    const time_limit limit(1, 3, "the disk is away");
    ::pause();
    return 0;
  });
  EXPECT_EQ(child.line(), "gave up after 1 ms: the disk is away");
  EXPECT_EQ(child.wait(), 3);
}

TEST(end_of_a_node, a_way_down_in_time_is_not_cut_off) {
  child_process child([] {
    const time_limit limit(60'000, 3, "the disk is away");
    return 0;
  });
  EXPECT_EQ(child.wait(), 0);
}

} // namespace
} // namespace stele
