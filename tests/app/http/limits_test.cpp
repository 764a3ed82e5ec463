#include "tests/app/http/raw_socket.hpp"
#include "tests/app/http/small_server.hpp"

#include <gtest/gtest.h>

namespace stele::http {
namespace {

std::string post(std::string_view fields, std::string_view body) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(http_limits, a_request_line_is_at_most_8_k) {
  small_server shop;
  const std::string fixed = "GET /echo?x= HTTP/1.1\r\n";
  for (const std::size_t over : {0u, 1u}) {
    raw_socket caller(shop.port);
    caller.send(get("/echo?x=" + std::string(8192 - fixed.size() + over, 'y')));
    EXPECT_EQ(caller.read().status, over ? 414u : 200u);
  }
}

TEST(http_limits, a_header_has_at_most_64_fields) {
  small_server shop;
  for (const int more : {63, 64}) {
    raw_socket caller(shop.port);
    std::string bytes = "GET /echo HTTP/1.1\r\nHost: localhost\r\n";
    for (int i = 0; i < more; ++i) bytes += "X-" + std::to_string(i) + ": 1\r\n";
    caller.send(bytes + "\r\n");
    EXPECT_EQ(caller.read().status, more == 63 ? 200u : 431u);
  }
}

TEST(http_limits, a_header_is_at_most_16_k) {
  small_server shop;
  for (const std::size_t size : {16000u, 17000u, 100'000u}) {
    raw_socket caller(shop.port);
    caller.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nX-A: " + std::string(size, 'a') + "\r\n\r\n");
    EXPECT_EQ(caller.read().status, size == 16000 ? 200u : 431u) << size;
  }
}

TEST(http_limits, a_body_is_at_most_1_mib) {
  small_server shop;
  for (const std::size_t over : {0u, 1u}) {
    http_client caller("127.0.0.1", shop.port);
    const auto answer = caller.request("POST", "/echo", std::string((1u << 20) + over, 'x'));
    ASSERT_TRUE(answer.has_value()) << answer.error().what;
    EXPECT_EQ(answer->status, over ? 413u : 200u);
  }
}

TEST(http_limits, a_body_in_chunks_is_at_most_1_mib_too) {
  small_server shop;
  raw_socket caller(shop.port);
  std::string bytes = post("Transfer-Encoding: chunked\r\n", "");
  for (int i = 0; i < 33; ++i) bytes += "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  caller.send(bytes);
  const auto answer = caller.read();
  EXPECT_EQ(answer.status, 413u);
  EXPECT_EQ(answer.header("Connection"), "close");
}

TEST(http_limits, a_caller_that_sends_on_after_its_refusal_is_not_broken_off) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send(post("Content-Length: 2097152\r\n", std::string(1000, 'x')));
  EXPECT_EQ(caller.read().status, 413u);
  caller.send(std::string((2u << 20) - 1000, 'x'));
  caller.end_sending();
  EXPECT_TRUE(caller.at_end());
  EXPECT_FALSE(caller.was_reset()); // A reset would make some systems forget the answer before it is read.
}

TEST(http_limits, connections_over_the_limit_hear_503_and_when_to_try_again) {
  http_settings settings;
  settings.connections_max = 1;
  small_server shop(settings);
  raw_socket first(shop.port);
  first.send(get("/echo"));
  EXPECT_EQ(first.read().status, 200u);
  raw_socket second(shop.port);
  const auto answer = second.read();
  EXPECT_EQ(answer.status, 503u);
  EXPECT_TRUE(answer.header("Retry-After"));
  first.send(get("/echo"));
  EXPECT_EQ(first.read().status, 200u);
}

TEST(http_limits, connections_of_one_address_over_the_limit_hear_429) {
  http_settings settings;
  settings.connections_per_address_max = 1;
  small_server shop(settings);
  raw_socket first(shop.port);
  first.send(get("/echo"));
  EXPECT_EQ(first.read().status, 200u);
  raw_socket second(shop.port);
  const auto answer = second.read();
  EXPECT_EQ(answer.status, 429u);
  EXPECT_TRUE(answer.header("Retry-After"));
}

TEST(http_limits, a_connection_that_closes_makes_room) {
  http_settings settings;
  settings.connections_max = 1;
  small_server shop(settings);
  {
    raw_socket first(shop.port);
    first.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(first.read().status, 200u);
    first.end_sending();
    EXPECT_TRUE(first.at_end());
  }
  // The server may notice the close a moment later; each further try is a connection of its own.
  unsigned status = 503;
  for (int i = 0; i < 10'000 && status == 503; ++i) {
    raw_socket next(shop.port);
    next.send(get("/echo"));
    status = next.read().status;
  }
  EXPECT_EQ(status, 200u);
}

TEST(http_time_limits, a_header_that_stops_in_the_middle_is_408) {
  http_settings settings;
  settings.header_ms = 20;
  small_server shop(settings);
  raw_socket caller(shop.port);
  caller.send("GET /echo HTT");
  const auto answer = caller.read();
  EXPECT_EQ(answer.status, 408u);
  EXPECT_EQ(answer.header("Connection"), "close");
  caller.end_sending();
  EXPECT_TRUE(caller.at_end());
}

TEST(http_time_limits, a_body_that_comes_too_slowly_is_408) {
  http_settings settings;
  settings.body_grace_ms = 20;
  small_server shop(settings);
  raw_socket caller(shop.port);
  caller.send(post("Content-Length: 100\r\n", "half"));
  EXPECT_EQ(caller.read().status, 408u);
}

TEST(http_time_limits, an_idle_connection_is_closed) {
  http_settings settings;
  settings.idle_ms = 20;
  small_server shop(settings);
  raw_socket fresh(shop.port), used(shop.port);
  used.send(get("/echo"));
  EXPECT_EQ(used.read().status, 200u);
  EXPECT_TRUE(fresh.at_end());
  EXPECT_TRUE(used.at_end());
}

TEST(http_time_limits, a_caller_that_waits_for_its_answer_is_not_idle) {
  http_settings settings;
  settings.idle_ms = 1;
  settings.answer_ms = 100;
  small_server shop(settings);
  raw_socket caller(shop.port);
  caller.send(get("/held/a"));
  EXPECT_EQ(caller.read().status, 504u);
}

TEST(http_time_limits, a_caller_that_does_not_read_is_given_up) {
  http_settings settings;
  settings.write_stall_ms = 50;
  small_server shop(settings);
  raw_socket caller(shop.port);
  std::string all;
  for (int i = 0; i < 16; ++i) all += get("/big");
  caller.send(all);
  // Nothing is read until the server has given up: the counter is its word for it.
  raw_socket other(shop.port);
  for (int i = 0; i < 100'000 && shop.counters->timed_out == 0; ++i) {
    other.send(get("/echo"));
    ASSERT_EQ(other.read().status, 200u);
  }
  EXPECT_EQ(shop.counters->timed_out, 1u);
}

struct smuggle {
  const char* name;
  const char* bytes;
};

// Requests that two readers could take for one or for two.
constexpr smuggle smuggles[] = {
    {"both lengths",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"},
    {"both, other order",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG"},
    {"two lengths", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
    {"the same length twice",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
    {"a list of lengths", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 5\r\n\r\nhello"},
    {"a signed length", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello"},
    {"a negative length", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello"},
    {"a hexadecimal length", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x5\r\n\r\nhello"},
    {"a length beyond 64 bits",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18446744073709551621\r\n\r\nhello"},
    {"an unknown coding", "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"two codings", "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"identity last",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
    {"the coding twice", "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n0\r\n\r\n"},
    {"chunks in HTTP/1.0", "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"a space before the colon", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello"},
    {"a bad chunk size",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"},
    {"a chunk size with a sign",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n"},
    {"a chunk longer than said",
     "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n"},
    {"a chunk size beyond 64 bits", "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                    "chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n"},
    {"a bare line feed in the header", "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 5\n\nhello"},
    {"a space in the target", "GET /echo HTTP/1.1 /other HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"another protocol", "GET /echo HTTP/2.0\r\nHost: localhost\r\n\r\n"},
    {"no request at all", "\x16\x03\x01\x02\x01 hello\r\n\r\n"},
    {"a zero byte in a field", "GET /echo HTTP/1.1\r\nHost: localhost\r\nX-A: a\x01z\r\n\r\n"},
};

TEST(http_smuggling, what_can_be_read_in_two_ways_is_refused_and_the_connection_closed) {
  small_server shop;
  for (const auto& each : smuggles) {
    raw_socket caller(shop.port);
    caller.send(std::string(each.bytes) + get("/held/smuggled"));
    const auto answer = caller.read();
    EXPECT_EQ(answer.status, 400u) << each.name << ' ' << answer.body;
    EXPECT_EQ(answer.header("Connection"), "close") << each.name;
    caller.end_sending();
    EXPECT_TRUE(caller.at_end()) << each.name;
  }
  EXPECT_TRUE(shop.held.paths().empty());
}

TEST(http_smuggling, a_folded_field_is_one_field) {
  small_server shop;
  raw_socket caller(shop.port);
  caller.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" +
              get("/echo"));
  EXPECT_EQ(caller.read().status, 200u);
  EXPECT_EQ(caller.read().status, 200u);
}

TEST(http_hosts, only_names_of_this_machine_are_served) {
  http_settings settings;
  settings.allowed_hosts = {"shop.example"};
  small_server shop(settings);
  const auto status = [&](const std::string& fields) {
    raw_socket caller(shop.port);
    caller.send("GET /echo HTTP/1.1\r\n" + fields + "\r\n");
    return caller.read().status;
  };
  EXPECT_EQ(status("Host: localhost\r\n"), 200u);
  EXPECT_EQ(status("Host: LOCALHOST:8080\r\n"), 200u);
  EXPECT_EQ(status("Host: 127.0.0.1:99\r\n"), 200u);
  EXPECT_EQ(status("Host: [::1]:99\r\n"), 200u);
  EXPECT_EQ(status("Host: shop.example\r\n"), 200u);
  EXPECT_EQ(status("Host: evil.example\r\n"), 403u);
  EXPECT_EQ(status("Host: localhost.evil.example\r\n"), 403u);
  EXPECT_EQ(status("Host: [::1]evil\r\n"), 403u);
  EXPECT_EQ(status("Host:\r\n"), 403u);
  EXPECT_EQ(status(""), 400u);
  EXPECT_EQ(status("Host: localhost\r\nHost: evil.example\r\n"), 400u);
}

TEST(http_hosts, the_host_of_an_absolute_target_is_checked_too) {
  small_server shop;
  raw_socket good(shop.port), bad(shop.port);
  good.send(get("http://localhost/echo"));
  EXPECT_EQ(good.read().status, 200u);
  bad.send(get("http://evil.example/echo"));
  EXPECT_EQ(bad.read().status, 403u);
}

TEST(http_hosts, pages_of_other_sites_may_not_call) {
  small_server shop;
  const auto status = [&](const std::string& origin) {
    raw_socket caller(shop.port);
    caller.send(post("Origin: " + origin + "\r\nContent-Length: 0\r\n", ""));
    return caller.read().status;
  };
  EXPECT_EQ(status("http://localhost:3000"), 200u);
  EXPECT_EQ(status("https://evil.example"), 403u);
  EXPECT_EQ(status("null"), 403u);
}

TEST(http_paths, hostile_targets_are_refused_and_the_connection_goes_on) {
  small_server shop;
  raw_socket caller(shop.port);
  for (const auto* target :
       {"/../etc/passwd", "/%2e%2e/x", "/held/%", "/held/%zz", "/held/%ff", "/echo?x=%c3", "/echo#x"}) {
    caller.send(get(target));
    EXPECT_EQ(caller.read().status, 400u) << target;
  }
  caller.send(get("/held/a/b"));
  EXPECT_EQ(caller.read().status, 404u);
  caller.send(get("/held%2Fa"));
  EXPECT_EQ(caller.read().status, 404u);
  caller.send(get("//echo"));
  EXPECT_EQ(caller.read().status, 404u);
  caller.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(caller.read().status, 400u);
  EXPECT_TRUE(shop.held.paths().empty());
}

} // namespace
} // namespace stele::http
