#include "app/http/wire.hpp"
#include "tests/app/http/raw_socket.hpp"
#include "tests/app/http/small_server.hpp"

#include <gtest/gtest.h>

#include <future>

namespace stele::http {
namespace {

response text(std::string body) { return {200, std::move(body), "text/plain", {}}; }

TEST(http_server, answers_leave_in_the_order_of_the_requests) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send(get("/held/a") + get("/held/b") + get("/held/c"));
  shop.held.wait_for(3);
  shop.held.answer(2, text("third"));
  shop.held.answer(1, text("second"));
  shop.held.answer(0, text("first"));
  EXPECT_EQ(caller.read().body, "first");
  EXPECT_EQ(caller.read().body, "second");
  EXPECT_EQ(caller.read().body, "third");
}

TEST(http_server, a_connection_has_only_so_many_requests_in_work) {
  http_settings settings;
  settings.pipeline_max = 2;
  small_server shop(settings);
  raw_socket caller(shop.port);
  caller.send(get("/held/a") + get("/held/b") + get("/held/c"));
  shop.held.wait_for(2);
  EXPECT_EQ(shop.counters->requests_in_work, 2u);
  shop.held.answer(1, text("b")); // Its place is not free before the first has left.
  EXPECT_EQ(shop.held.paths().size(), 2u);
  shop.held.answer(0, text("a"));
  shop.held.wait_for(3);
  shop.held.answer(2, text("c"));
  EXPECT_EQ(caller.read().body, "a");
  EXPECT_EQ(caller.read().body, "b");
  EXPECT_EQ(caller.read().body, "c");
}

TEST(http_server, a_connection_is_kept_between_requests) {
  small_server shop;
  http_client caller("127.0.0.1", shop.port);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(caller.request("POST", "/echo", "hello")->body, "hello");
  EXPECT_EQ(shop.counters->connections_accepted, 1u);
}

TEST(http_server, many_small_requests_in_one_piece_are_all_answered) {
  small_server shop;
  raw_socket caller(shop.port);
  std::string all;
  for (int i = 0; i < 500; ++i) all += get("/echo");
  caller.send(all);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(caller.read().status, 200u) << i;
}

TEST(http_server, every_answer_carries_the_security_headers) {
  small_server shop;
  raw_socket caller(shop.port);
  for (const auto* target : {"/echo", "/nowhere", "/broken", "/%zz"}) {
    caller.send(get(target));
    const auto answer = caller.read();
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << target;
    EXPECT_EQ(answer.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'") << target;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << target;
    EXPECT_TRUE(answer.header("Date")) << target;
  }
}

TEST(http_server, head_tells_the_length_and_sends_no_body) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send("HEAD /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
  caller.end_sending();
  std::string seen;
  const auto answer = caller.read();
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.header("Content-Length"), std::to_string(8u << 20));
  EXPECT_EQ(answer.body, "");
}

TEST(http_server, an_unknown_path_is_404_and_a_wrong_method_405_with_allow) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send(get("/nowhere"));
  EXPECT_EQ(caller.read().status, 404u);
  caller.send("DELETE /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = caller.read();
  EXPECT_EQ(answer.status, 405u);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
}

TEST(http_server, a_defect_in_a_handler_is_500_and_the_connection_goes_on) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send(get("/broken") + get("/echo"));
  EXPECT_EQ(caller.read().status, 500u);
  EXPECT_EQ(caller.read().status, 200u);
}

TEST(http_server, a_request_nobody_answers_is_504_at_its_deadline) {
  http_settings settings;
  settings.answer_ms = 20;
  small_server shop(settings);
  raw_socket caller(shop.port);
  caller.send(get("/held/a"));
  const auto answer = caller.read();
  EXPECT_EQ(answer.status, 504u);
  EXPECT_NE(answer.body.find("\"code\":\"late\""), std::string::npos) << answer.body;
}

TEST(http_server, an_answer_after_the_connection_has_gone_is_dropped) {
  small_server shop;
  {
    raw_socket caller(shop.port);
    caller.send(get("/held/a"));
    shop.held.wait_for(1);
  }
  shop.held.answer(0, text("nobody listens"));
  raw_socket other(shop.port);
  other.send(get("/echo"));
  EXPECT_EQ(other.read().status, 200u);
}

TEST(http_server, an_answer_after_the_server_has_gone_is_dropped) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send(get("/held/a"));
  shop.held.wait_for(1);
  shop.door.reset();
  shop.held.answer(0, text("nobody listens"));
  EXPECT_TRUE(caller.at_end());
}

TEST(http_server, a_caller_that_only_listens_any_more_gets_its_answers) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send(get("/held/a"));
  shop.held.wait_for(1);
  caller.end_sending();
  shop.held.answer(0, text("still here"));
  EXPECT_EQ(caller.read().body, "still here");
  EXPECT_TRUE(caller.at_end());
}

TEST(http_server, a_connection_lives_until_its_last_answer) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send("GET /held/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  shop.held.wait_for(1);
  raw_socket other(shop.port);
  other.send(get("/echo"));
  EXPECT_EQ(other.read().status, 200u); // By now the server has done all it had to do for the first.
  shop.held.answer(0, text("the last"));
  EXPECT_EQ(caller.read().body, "the last");
}

TEST(http_server, a_body_in_chunks_is_read) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
              "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  EXPECT_EQ(caller.read().body, "hello world");
  caller.send(get("/echo"));
  EXPECT_EQ(caller.read().status, 200u);
}

TEST(http_server, a_caller_that_waits_to_send_its_body_is_told_to) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(caller.read().status, 100u);
  caller.send("hello");
  EXPECT_EQ(caller.read().body, "hello");
}

TEST(http_server, http_1_0_gets_one_answer) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send("GET /echo HTTP/1.0\r\n\r\n");
  const auto answer = caller.read();
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.header("Connection"), "close");
  caller.end_sending();
  EXPECT_TRUE(caller.at_end());
}

TEST(http_server, listens_on_loopback_only) {
  for (const auto* address : {"0.0.0.0", "192.168.1.1", "::"}) {
    http_settings settings;
    settings.address = address;
    server door(settings, {}, std::make_shared<server_counters>());
    const auto sentence = door.start();
    ASSERT_TRUE(sentence) << address;
    EXPECT_NE(sentence->find("not a loopback address"), std::string::npos) << *sentence;
  }
}

TEST(http_server, says_which_port_is_taken) {
  small_server first;
  http_settings settings;
  settings.port = first.port;
  server second(settings, {}, std::make_shared<server_counters>());
  const auto sentence = second.start();
  ASSERT_TRUE(sentence);
  EXPECT_NE(sentence->find(std::to_string(first.port)), std::string::npos) << *sentence;
}

TEST(http_server, stopping_finishes_what_is_in_work) {
  small_server shop;
  raw_socket idle(shop.port), busy(shop.port);
  idle.send(get("/echo"));
  EXPECT_EQ(idle.read().status, 200u);
  busy.send(get("/held/a"));
  shop.held.wait_for(1);
  std::promise<void> finished;
  shop.door->stop([&] { finished.set_value(); });
  EXPECT_TRUE(idle.at_end());
  auto done = finished.get_future();
  EXPECT_EQ(done.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  shop.held.answer(0, text("done"));
  const auto answer = busy.read();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("Connection"), "close");
  busy.end_sending();
  EXPECT_EQ(done.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  const auto late = http_client("127.0.0.1", shop.port).request("GET", "/echo");
  ASSERT_TRUE(late.has_error());
  EXPECT_FALSE(late.error().sent);
}

TEST(http_server, stopping_without_connections_finishes_at_once) {
  small_server shop;
  std::promise<void> finished;
  shop.door->stop([&] { finished.set_value(); });
  EXPECT_EQ(finished.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(http_server, works_on_several_threads) {
  http_settings settings;
  settings.threads = 3;
  small_server shop(settings);
  std::vector<std::future<int>> callers;
  for (int c = 0; c < 8; ++c)
    callers.push_back(std::async(std::launch::async, [&] {
      http_client caller("127.0.0.1", shop.port);
      int good = 0;
      for (int i = 0; i < 50; ++i) good += caller.request("POST", "/echo", "x")->status == 200;
      return good;
    }));
  for (auto& each : callers) EXPECT_EQ(each.get(), 50);
}

// Of value under the thread sanitizer above all: connections end on one thread while another counts who comes.
TEST(http_server, turns_callers_away_on_one_thread_while_others_leave_on_another) {
  http_settings settings;
  settings.threads = 3;
  settings.connections_max = 2;
  small_server shop(settings);
  std::vector<std::future<int>> callers;
  for (int c = 0; c < 4; ++c)
    callers.push_back(std::async(std::launch::async, [&] {
      int told = 0;
      for (int i = 0; i < 50; ++i) {
        const auto status = http_client("127.0.0.1", shop.port).request("GET", "/echo")->status;
        told += status == 200 || status == 503;
      }
      return told;
    }));
  for (auto& each : callers) EXPECT_EQ(each.get(), 50);
}

TEST(http_log, control_characters_do_not_reach_a_log_line) {
  EXPECT_EQ(printable("a\r\n\x1b[31mb\\\x80"), "a\\x0d\\x0a\\x1b[31mb\\x5c\\x80");
  EXPECT_EQ(printable(std::string(300, 'x')), std::string(200, 'x') + "…");
}

TEST(http_log, a_header_value_never_ends_its_line) {
  const auto bytes = to_wire({200, {}, "text/plain", {{"X-A", "b\r\nX-C: d"}}}, true, false);
  EXPECT_NE(bytes.find("X-A: bX-C: d\r\n"), std::string::npos);
}

} // namespace
} // namespace stele::http
