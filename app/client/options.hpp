// How a client finds its servers, how long it waits and how much it holds.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stele {

struct client_options {
  std::vector<std::string> servers;         ///< `host:port` each; tried in turn.
  std::int64_t connect_timeout_ms = 2000;   ///< For one server: name, TCP and handshake each.
  std::int64_t command_timeout_ms = 10'000; ///< Until `send` gives up, all retries included.
  std::int64_t query_timeout_ms = 5000; ///< How long a query waits for its token at the server; late data are `stale`.
  std::int64_t backoff_ms_min = 20;     ///< First pause between two tries; doubles, each with a random part.
  std::int64_t backoff_ms_max = 2000;
  std::size_t in_flight_max = 256;       ///< Requests at the server. Others wait here.
  std::size_t waiting_max = 16'384;      ///< Requests that wait here; more are refused with `client_limit`.
  std::size_t frame_bytes_max = 1 << 20; ///< Of a request; the server cuts the connection beyond its own limit.
  bool read_your_writes = true;          ///< Queries wait for everything this client wrote or saw before.
};

struct send_options {
  std::optional<uuid> command_id;                 ///< To repeat a command of another day; else a new UUIDv7.
  std::optional<stream_version> expected_version; ///< Refuse if the stream is at another version.
  std::optional<std::int64_t> timeout_ms;         ///< Else `command_timeout_ms`.
  std::string traceparent = {};                   ///< Of W3C, kept with the events and named in the node's log lines.
};

struct query_options {
  std::string after;                      ///< A token to wait for, beside the client's own.
  std::optional<std::int64_t> timeout_ms; ///< Else `query_timeout_ms`.
};

} // namespace stele
