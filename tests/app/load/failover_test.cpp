// A load on several nodes: it goes on where one fails, and says for how long nobody was served.
#include "app/admin/node_address.hpp"
#include "app/http/server.hpp"
#include "app/load/http_nodes.hpp"
#include "app/load/load_text.hpp"
#include "app/load/recorder.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace stele::load {
namespace {

/// A server that answers every `POST /x` with one status, and keeps the keys it saw.
class one_answer {
public:
  explicit one_answer(unsigned status) {
    http::routes table;
    table.add("POST", "/x", [this, status](const http::request& it, const http::reply& to) {
      const std::lock_guard lock(mutex_);
      const auto* key = it.header("idempotency-key");
      keys_.push_back(key ? *key : "");
      to({status, "from " + std::to_string(status), "text/plain", {}});
    });
    http_settings settings;
    settings.port = 0;
    door_ = std::make_unique<http::server>(settings, std::move(table), std::make_shared<http::server_counters>());
    EXPECT_EQ(door_->start(), std::nullopt);
  }

  http::node_access access() const { return {"127.0.0.1", door_->port()}; }

  std::vector<std::string> keys() {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

private:
  std::mutex mutex_;
  std::vector<std::string> keys_;
  std::unique_ptr<http::server> door_;
};

http::node_access nobody() { return {"127.0.0.1", 1}; }

/// A server that answers one request, and ends with the next in its hands.
class dies_with_a_request {
public:
  dies_with_a_request()
      : door_(io_, {boost::asio::ip::address_v4::loopback(), 0}), port_(door_.local_endpoint().port()) {
    thread_ = std::thread([this] {
      auto caller = door_.accept();
      std::string bytes;
      read_until(caller, boost::asio::dynamic_buffer(bytes), "\r\n\r\n");
      write(caller, boost::asio::buffer(std::string("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")));
      bytes.clear();
      read_until(caller, boost::asio::dynamic_buffer(bytes), "\r\n\r\n");
      door_.close();
    });
  }
  ~dies_with_a_request() { thread_.join(); }

  http::node_access access() const { return {"127.0.0.1", port_}; }

private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor door_;
  std::uint16_t port_;
  std::thread thread_;
};

http_reply reply_of(http_nodes& nodes, std::size_t begins_at, std::int64_t limit_ms = 0) {
  std::promise<http_reply> promise;
  nodes.send({"POST", "/x", {}, "key"}, begins_at, limit_ms, [&](http_reply it) { promise.set_value(std::move(it)); });
  return promise.get_future().get();
}

completion accepted_at(std::int64_t ns, std::size_t node) {
  completion it;
  it.kind = op_kind::add;
  it.intended_ns = it.sent_ns = it.completed_ns = ns;
  it.command = true;
  it.node = node;
  return it;
}

TEST(load_failover, a_request_goes_on_to_the_next_node_with_its_key) {
  one_answer closing(503), good(201);
  http_nodes nodes({nobody(), closing.access(), good.access()}, 3);
  EXPECT_EQ(reply_of(nodes, 0).status, 201u);
  EXPECT_EQ(closing.keys(), (std::vector<std::string>{"key"}));
  EXPECT_EQ(good.keys(), (std::vector<std::string>{"key"}));
}

TEST(load_failover, its_caller_stays_where_it_was_answered) {
  one_answer closing(503), good(201);
  http_nodes nodes({closing.access(), good.access()}, 2);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reply_of(nodes, 0).status, 201u);
  EXPECT_EQ(closing.keys().size(), 1u);
  EXPECT_EQ(good.keys().size(), 3u);
}

TEST(load_failover, an_answer_of_the_domain_is_no_reason_to_ask_another) {
  one_answer refusing(409), good(201);
  http_nodes nodes({refusing.access(), good.access()}, 2);
  EXPECT_EQ(reply_of(nodes, 0).status, 409u);
  EXPECT_TRUE(good.keys().empty());
}

TEST(load_failover, what_one_node_may_have_done_stays_unknown_when_the_next_says_no) {
  one_answer unknown(504), closing(503);
  http_nodes nodes({unknown.access(), closing.access()}, 2);
  const auto how = reply_of(nodes, 0);
  EXPECT_EQ(how.status, 0u);
  EXPECT_TRUE(how.sent);
  EXPECT_EQ(how.body, "no answer: from 503");
}

TEST(load_failover, it_is_tried_again_until_its_time_is_over) {
  one_answer closing(503);
  http_nodes nodes({closing.access(), nobody()}, 2);
  EXPECT_NE(reply_of(nodes, 0, 300).status, 201u);
  EXPECT_GT(closing.keys().size(), 2u);
}

TEST(load_failover, a_single_node_is_asked_once) {
  one_answer closing(503);
  http_nodes nodes({closing.access()}, 2);
  EXPECT_EQ(reply_of(nodes, 0, 10'000).status, 503u);
  EXPECT_EQ(closing.keys().size(), 1u);
}

TEST(load_failover, what_a_node_took_before_it_died_counts_as_sent) {
  dies_with_a_request node;
  http_nodes nodes({node.access()}, 1);
  EXPECT_EQ(reply_of(nodes, 0).status, 201u);
  const auto how = reply_of(nodes, 0);
  EXPECT_EQ(how.status, 0u);
  EXPECT_TRUE(how.sent) << how.body;
}

TEST(load_failover, everything_is_answered_when_the_load_is_over) {
  std::atomic<int> answers{0};
  {
    http_nodes nodes({nobody(), nobody()}, 2);
    for (int i = 0; i < 100; ++i)
      nodes.send({"POST", "/x", {}, "key"}, 0, 60'000, [&](const http_reply&) { ++answers; });
  }
  EXPECT_EQ(answers, 100);
}

TEST(load_pauses, the_longest_time_without_an_accepted_command_is_told_overall_and_by_node) {
  recorder notes;
  notes.measure_from(1'000'000, 2);
  notes.add(accepted_at(500'000, 0)); // Before: it doesn't count.
  notes.add(accepted_at(3'000'000, 0));
  notes.add(accepted_at(8'000'000, 1));
  auto refused = accepted_at(9'000'000, 0);
  refused.refused = "overloaded shed";
  notes.add(refused);
  auto look_up = accepted_at(9'500'000, 0);
  look_up.command = false;
  notes.add(look_up);
  notes.measure_until(15'000'000);
  notes.add(accepted_at(50'000'000, 0)); // After: neither does this.
  load_result it;
  it.nodes = {"h:1", "h:2"};
  it.measured = notes.all();
  EXPECT_EQ(it.measured.without_commands.commands, 2u);
  EXPECT_EQ(stele::load::notes(it).front(),
            "longest time without any accepted command: 7.00 ms; of those who began at h:1: 12.0 ms; of those who "
            "began at h:2: 7.00 ms");
  EXPECT_NE(boost::json::serialize(to_json(it, {}, "h")).find(R"("longest_ms_by_node":{"h:1":1.2E1,"h:2":7E0})"),
            std::string::npos);
}

TEST(load_pauses, without_any_command_there_is_nothing_to_say) {
  load_result it;
  it.nodes = {"h:1", "h:2"};
  for (const auto& note : notes(it)) EXPECT_EQ(note.find("longest time"), std::string::npos) << note;
}

TEST(load_nodes, several_are_separated_by_commas) {
  const auto found = admin::find_nodes({"127.0.0.1:81,localhost:82", {}, {}, {}, {}}, {});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].where(), "127.0.0.1:81");
  EXPECT_EQ((*found)[1].where(), "localhost:82");
  EXPECT_EQ(admin::find_nodes({"127.0.0.1:81,,localhost:82", {}, {}, {}, {}}, {}).error().what,
            "--node: wanted HOST:PORT between commas, found '127.0.0.1:81,,localhost:82'");
  EXPECT_EQ(admin::find_nodes({}, {})->size(), 1u);
}

} // namespace
} // namespace stele::load
