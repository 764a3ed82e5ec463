// `GET /events`: pages, waits, and streams of server-sent events over a real socket.
#include "tests/app/http/raw_socket.hpp"
#include "tests/app/http/shop.hpp"

#include <gtest/gtest.h>

#include <future>
#include <random>
#include <thread>

namespace stele::http {
namespace {

std::string follow(std::string_view target, std::string_view last_id = {}) {
  std::string out = "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n";
  if (!last_id.empty()) out += "Last-Event-ID: " + std::string(last_id) + "\r\n";
  return out + "\r\n";
}

struct sent_event {
  std::string id, type, data;
};

std::string field(const std::string& block, const std::string& name) {
  const auto at = block.find(name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return block.substr(begin, block.find('\n', begin) - begin);
}

/// The next event; comments are passed over. Without an id: the stream ended.
sent_event next_event(raw_socket& from) {
  for (;;) {
    const auto block = from.read_until("\n\n");
    if (block.empty()) return {};
    if (block.front() != ':') return {field(block, "id"), field(block, "event"), field(block, "data")};
  }
}

/// Turns until it is so, at most ten seconds.
template <class Condition>
bool becomes(Condition is_so) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

bool metric_is(shop& of, const std::string& line) {
  return of.call("GET", "/metrics").body.find('\n' + line + '\n') != std::string::npos;
}

} // namespace

TEST(event_routes, a_page_holds_what_happened_behind_a_position) {
  shop at;
  at.create("1");
  at.create("2");
  const auto all = at.call("GET", "/events");
  EXPECT_EQ(all.status, 200u);
  EXPECT_NE(all.body.find(R"({"items":[{"aggregate":"order","id":"1","version":1,"type":"order_created",)"),
            std::string::npos)
      << all.body;
  EXPECT_EQ(member(all.body, "next"), "2");
  EXPECT_EQ(member(all.body, "more"), "false");
  const auto first = at.call("GET", "/events?from=0&limit=1");
  EXPECT_EQ(member(first.body, "next"), "1");
  EXPECT_EQ(member(first.body, "more"), "true");
  EXPECT_EQ(at.call("GET", "/events?from=2").body, R"({"items":[],"next":2,"more":false})");
}

TEST(event_routes, an_event_is_shown_as_in_the_history_of_its_stream) {
  shop at;
  at.create("1");
  const auto history = at.call("GET", "/order/1/events").body;
  const auto begin = history.find("{\"version\"");
  const auto event = history.substr(begin + 1, history.find("}],") - begin);
  EXPECT_NE(at.call("GET", "/events").body.find(event), std::string::npos) << event;
}

TEST(event_routes, one_aggregate_may_be_asked_for) {
  shop at;
  at.create("1");
  EXPECT_EQ(at.call("GET", "/events?aggregate=account").body, R"({"items":[],"next":1,"more":false})");
  EXPECT_EQ(member(at.call("GET", "/events?aggregate=order").body, "next"), "1");
  EXPECT_EQ(at.call("GET", "/events?aggregate=parcel").status, 404u);
}

TEST(event_routes, a_request_that_cannot_be_meant_is_refused) {
  shop at;
  for (const auto* target : {"/events?from=-1", "/events?from=x", "/events?limit=0", "/events?limit=1001",
                             "/events?follow=yes", "/events?form=1", "/events?timeout=1h", "/events?after=abc"})
    EXPECT_EQ(at.call("GET", target).status, 400u) << target;
  EXPECT_EQ(at.call("GET", "/events?follow=true", {}, {{"Last-Event-ID", "x"}}).status, 400u);
}

TEST(event_routes, a_page_waits_for_the_next_event_when_asked_to) {
  shop at;
  at.time.goes = true;
  EXPECT_EQ(at.call("GET", "/events?timeout=20").body, R"({"items":[],"next":0,"more":false})");
  raw_socket waiting(at.port());
  waiting.send(get("/events?timeout=20s"));
  at.create("1");
  EXPECT_EQ(member(waiting.read().body, "next"), "1");
}

TEST(event_streams, send_what_was_and_what_comes) {
  shop at;
  at.create("1");
  raw_socket caller(at.port());
  caller.send(follow("/events"));
  const auto head = caller.read_until("\r\n\r\n");
  EXPECT_EQ(head.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_NE(head.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const auto first = next_event(caller);
  EXPECT_EQ(first.id, "1");
  EXPECT_EQ(first.type, "order_created");
  EXPECT_EQ(at.call("GET", "/events").body, "{\"items\":[" + first.data + "],\"next\":1,\"more\":false}");
  at.create("2");
  EXPECT_EQ(member(next_event(caller).data, "id"), "2");
  at.create("3");
  EXPECT_EQ(member(next_event(caller).data, "id"), "3");
}

TEST(event_streams, go_on_where_the_last_event_id_says) {
  shop at;
  for (const auto* id : {"1", "2", "3"}) at.create(id);
  raw_socket caller(at.port());
  caller.send(follow("/events?from=0&follow=true", "2"));
  caller.read_until("\r\n\r\n");
  EXPECT_EQ(next_event(caller).id, "3");
  raw_socket other(at.port());
  other.send(get("/events?from=1&follow=true&limit=1"));
  other.read_until("\r\n\r\n");
  EXPECT_EQ(next_event(other).id, "2");
  EXPECT_EQ(next_event(other).id, "3");
}

TEST(event_streams, say_that_they_live_when_nothing_happens) {
  http_settings settings;
  settings.heartbeat_ms = 10;
  shop at(settings);
  at.time.goes = true;
  raw_socket caller(at.port());
  caller.send(follow("/events"));
  caller.read_until("\r\n\r\n");
  EXPECT_EQ(caller.read_until("\n\n"), ": nothing new\n\n");
  EXPECT_EQ(caller.read_until("\n\n"), ": nothing new\n\n");
  at.create("1");
  EXPECT_EQ(next_event(caller).id, "1");
}

TEST(event_streams, are_limited_and_given_back_when_the_caller_leaves) {
  http_settings settings;
  settings.streams_max = 2;
  shop at(settings);
  std::optional<raw_socket> first(at.port());
  raw_socket second(at.port());
  for (auto* it : {&*first, &second}) {
    it->send(follow("/events"));
    it->read_until("\r\n\r\n");
  }
  EXPECT_EQ(at.call("GET", "/events?follow=true").status, 503u);
  first.reset();
  EXPECT_TRUE(becomes([&] { return metric_is(at, "stele_http_streams 1"); }));
  EXPECT_TRUE(becomes([&] { return metric_is(at, "stele_followers 1"); })) << "its request was not forgotten";
  raw_socket third(at.port());
  third.send(follow("/events"));
  EXPECT_EQ(third.read_until("\r\n").substr(9, 3), "200");
}

TEST(event_streams, end_when_the_server_stops) {
  shop at;
  at.create("1");
  raw_socket busy(at.port()), idle(at.port());
  for (auto* it : {&busy, &idle}) {
    it->send(follow("/events"));
    it->read_until("\r\n\r\n");
    EXPECT_EQ(next_event(*it).id, "1");
  }
  auto stopping = std::async(std::launch::async, [&] { at.stop(); });
  EXPECT_EQ(next_event(idle).id, "");
  EXPECT_FALSE(idle.was_reset());
  EXPECT_TRUE(busy.at_end());
  stopping.wait();
  at.drain();
}

TEST(event_streams, cut_off_a_caller_that_does_not_read) {
  http_settings settings;
  settings.write_stall_ms = 50;
  shop at(settings);
  const std::string padding(800'000, 'x');
  for (int i = 0; i < 20; ++i)
    ASSERT_EQ(at.call("POST", "/orders",
                      R"({"customer_id":"ada","items":[{"product_id":"lamp","quantity":2,"price":9.99}],)"
                      R"("shipping_address":{"city":")" +
                          padding + R"("}})")
                  .status,
              201u);
  raw_socket caller(at.port());
  caller.send(follow("/events?limit=1"));
  EXPECT_TRUE(becomes([&] { return metric_is(at, "stele_http_timed_out_total 1"); }));
  EXPECT_TRUE(becomes([&] { return metric_is(at, "stele_http_streams 0"); }));
}

TEST(event_streams, miss_and_double_nothing_when_the_caller_reconnects_at_random) {
  shop at;
  constexpr int orders = 300;
  auto writing = std::async(std::launch::async, [&] {
    http_client caller("127.0.0.1", at.port());
    for (int i = 0; i < orders; ++i)
      ASSERT_TRUE(caller.request("POST", "/orders",
                                 R"({"customer_id":"ada","items":[{"product_id":"lamp","quantity":1,"price":1}],)"
                                 R"("shipping_address":{"city":"London"}})",
                                 {}));
  });
  const auto read_all = [&](unsigned seed) {
    std::mt19937 chance(seed);
    std::vector<std::string> seen;
    while (seen.size() < orders) {
      raw_socket caller(at.port());
      caller.send(follow("/events?limit=" + std::to_string(1 + chance() % 20), seen.empty() ? "0" : seen.back()));
      caller.read_until("\r\n\r\n");
      for (auto left = 1 + chance() % 30; left > 0 && seen.size() < orders; --left)
        seen.push_back(next_event(caller).id);
    }
    return seen;
  };
  auto first = std::async(std::launch::async, read_all, 1U);
  auto second = std::async(std::launch::async, read_all, 2U);
  std::vector<std::string> expected;
  for (int i = 1; i <= orders; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(first.get(), expected);
  EXPECT_EQ(second.get(), expected);
  writing.wait();
}

} // namespace stele::http
