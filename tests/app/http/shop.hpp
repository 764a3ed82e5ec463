// A whole node over a store in memory, with orders and accounts, behind HTTP on a free port.
#pragma once

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "actors/settings.hpp"
#include "app/http/http_client.hpp"
#include "app/http/settings.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stele::http {

/// A clock that stands still until it is set, or set going.
struct test_clock final : clock {
  std::atomic<unix_ms> at{1'772'359'200'000}; ///< 2026-03-01T10:00:00Z
  std::atomic<bool> goes{false};              ///< Then the time of the machine is added.
  unix_ms now() const override { return at + (goes ? system_clock().steady_us() / 1000 : 0); }
  std::int64_t steady_us() const override { return now() * 1000; }
};

/// The same numbers in every run.
struct test_random final : random_source {
  std::atomic<std::uint64_t> count{0};
  std::uint64_t next() override { return ++count * 0x9E3779B97F4A7C15u; }
};

class shop {
public:
  explicit shop(http_settings settings = {}, actor_settings numbers = {});
  ~shop();

  std::uint16_t port() const;

  // What only the inside knows.
  uuid history() const;
  static shard_number shard(std::string_view stream_id) { return shard_of(stream_id, 64); }
  void stop();                               ///< The HTTP server, as the program does before it drains the node.
  void drain();                              ///< Until everything accepted is done.
  void set_event_limit(std::uint64_t limit); ///< Appends beyond so many events are refused, as by a full disk.

  /// Sends a request over a kept connection; a lost one fails the test.
  client_response call(std::string_view method, std::string_view target, std::string_view body = {},
                       const header_list& headers = {});

  /// Creates order `id` of `customer` with one item (2 × 9.99) and answers its token.
  std::string create(std::string_view id, std::string_view customer = "ada");

  test_clock time;
  test_random random;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// The text member `name` of a JSON object, or the number or word as it stands there; empty when it is not there.
std::string member(const std::string& json, std::string_view name);

} // namespace stele::http
