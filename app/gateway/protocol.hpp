// What a client and the gateway say to each other, as values. `protocol_codec.hpp` turns them into bytes and back.
#pragma once

#include "actors/refusal.hpp"
#include "persistence/identifiers.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// The version of the protocol: the first byte of every frame.
inline constexpr std::uint8_t protocol_version = 1;

/// Who is there, and what are its limits? Also serves as a ping.
struct hello_request {
  friend bool operator==(const hello_request&, const hello_request&) = default;
};

/// Do this. Sent again with the same `command_id` it has one effect and the same answer.
struct command_request {
  std::string aggregate; ///< As `order`.
  std::string id;        ///< Of the aggregate: `[A-Za-z0-9._~-]{1,128}`.
  std::string type;      ///< As `create_order`.
  std::string body;      ///< JSON object.
  uuid command_id;
  std::optional<stream_version> expected_version; ///< Refuse with `wrong_version` if the stream is at another.
  std::uint32_t timeout_ms = 10'000;
  std::string traceparent = {}; ///< Of W3C, kept with the events; empty: none. One that is wrong is left out.
  friend bool operator==(const command_request&, const command_request&) = default;
};

/// The row of one key.
struct lookup_request {
  std::string view;  ///< As `order_views`.
  std::string key;   ///< The id of the aggregate.
  std::string after; ///< A token: wait until all of it is in the answer. Empty: don't wait.
  std::uint32_t timeout_ms = 5000;
  friend bool operator==(const lookup_request&, const lookup_request&) = default;
};

/// A registered query.
struct query_request {
  std::string name;       ///< As `orders_of_customer`.
  std::string parameters; ///< JSON object.
  std::string after;
  std::uint32_t timeout_ms = 5000;
  friend bool operator==(const query_request&, const query_request&) = default;
};

/// The state of an aggregate as it was.
struct state_request {
  std::string aggregate;
  std::string id;
  bool by_time = false; ///< `at` is a time; else a version.
  std::uint64_t at = 0; ///< A stream version, or milliseconds since 1970.
  std::uint32_t timeout_ms = 5000;
  friend bool operator==(const state_request&, const state_request&) = default;
};

/// Events of the whole store, in its one order. Parked at the node while there are none.
struct all_events_request {
  std::uint64_t after = 0;      ///< Only events behind this global position.
  std::uint32_t limit = 100;    ///< Events in the answer.
  std::uint32_t wait_ms = 0;    ///< How long to wait for the first one, of the time there is.
  std::string aggregate;        ///< Only events of this one; empty: all.
  std::uint32_t timeout_ms = 0; ///< Of the whole request.
  friend bool operator==(const all_events_request&, const all_events_request&) = default;
};

using request =
    std::variant<hello_request, command_request, lookup_request, query_request, state_request, all_events_request>;

struct server_info {
  std::string server;             ///< Name of the node.
  std::string version;            ///< Of the program.
  uuid history;                   ///< Of its store; a token of another one is refused.
  std::uint32_t requests_max = 0; ///< Unanswered requests of one client.
  std::uint32_t frame_bytes_max = 0;
  std::uint32_t timeout_ms_max = 0;
  friend bool operator==(const server_info&, const server_info&) = default;
};

/// The command is done and durable.
struct accepted {
  stream_version version = 0; ///< Of the stream after the command.
  std::string token;          ///< For `after` of a query that shall see this write. Opaque.
  bool changed = true;        ///< False: it was already true, nothing was stored.
  bool repeated = false;      ///< True: it had been done before, this is the first answer again.
  friend bool operator==(const accepted&, const accepted&) = default;
};

/// Rows, each a JSON object. For a look-up none or one.
struct found {
  std::vector<std::string> rows;
  std::uint64_t total = 0; ///< Rows that match, on all pages.
  std::uint32_t page = 1;
  std::uint32_t page_size = 1;
  std::string token;       ///< What the answer is current to, merged with `after`.
  bool stale = false;      ///< Late: the wait ended before everything asked for was there, or the lag is too great.
  std::int64_t lag_ms = 0; ///< Age of the oldest event that is not in the answer; 0: none.
  friend bool operator==(const found&, const found&) = default;
};

struct past_state {
  stream_version version = 0;
  unix_ms at = 0;    ///< When the last event included was recorded.
  std::string state; ///< JSON.
  friend bool operator==(const past_state&, const past_state&) = default;
};

/// An event as it stands in the log.
struct stored_event {
  std::uint64_t global_position = 0; ///< Its place among all events; there may be gaps.
  std::string aggregate, id;         ///< Whose it is.
  stream_version version = 0;        ///< Its place in the stream of that one.
  std::string type;
  std::uint32_t type_version = 1;
  unix_ms at = 0;       ///< When it was recorded.
  std::string data;     ///< JSON object.
  std::string metadata; ///< JSON object, or empty.
  uuid event_id, command_id;
  shard_number shard = 0;
  shard_position position = 0; ///< Its place in the shard.
  friend bool operator==(const stored_event&, const stored_event&) = default;
};

/// Events by ascending global position; none when the wait ended before there was one.
struct found_events {
  std::vector<stored_event> events;
  std::uint64_t next = 0; ///< Where to go on: `after` of the next request.
  bool more = false;      ///< There is more to read at once.
  friend bool operator==(const found_events&, const found_events&) = default;
};

using response = std::variant<server_info, accepted, found, past_state, found_events, refusal>;

} // namespace stele
