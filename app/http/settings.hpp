// The numbers the HTTP door works by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stele {

/// `config.ini` says for each its unit, default and reason. Times are milliseconds.
struct http_settings {
  std::string address = "127.0.0.1"; ///< One that is not loopback needs TLS and keys.
  std::uint16_t port = 8080;         ///< 0: any free one.
  unsigned threads = 1;
  std::vector<std::string> allowed_hosts; ///< Names accepted in `Host` beside localhost, 127.0.0.1 and [::1].

  // Files. Without a certificate the door is plain; without keys it asks for none.
  std::string certificate, private_key, client_authority; ///< PEM.
  std::string keys;                                       ///< Made by `stele keys`.

  // Sizes.
  std::size_t request_line_bytes_max = 8192;
  std::size_t header_bytes_max = 16384;
  std::size_t header_fields_max = 64;
  std::size_t body_bytes_max = 1 << 20;

  // Counts.
  std::size_t connections_max = 4096;
  std::size_t connections_per_address_max = 1024;
  std::size_t pipeline_max = 16; ///< Requests of one connection in work at a time; the next is not read before.

  std::size_t streams_max = 256; ///< Streams of events at a time.

  // Times.
  std::int64_t handshake_ms = 5000;  ///< From connecting to the end of the TLS handshake.
  std::int64_t header_ms = 5000;     ///< From the first byte of a request to the end of its header.
  std::int64_t body_grace_ms = 5000; ///< Before the rate below is asked of a body.
  std::size_t body_bytes_per_second_min = 500;
  std::int64_t body_ms = 60'000;        ///< For a whole body.
  std::int64_t idle_ms = 60'000;        ///< Between requests.
  std::int64_t write_stall_ms = 10'000; ///< Without the caller taking a byte.
  std::int64_t answer_ms = 35'000;      ///< From a request to its answer; then 504.
  std::int64_t command_ms = 30'000;     ///< A command not decided by then is dropped; less than `answer_ms`.
  std::int64_t query_wait_ms = 5'000;   ///< How long a query waits for its `after`, unless it says.
  std::int64_t query_wait_ms_max = 30'000;

  std::int64_t heartbeat_ms = 15'000; ///< A stream of events without news says so often that it lives.

  // Pages.
  std::uint32_t page_size = 20;
  std::uint32_t page_size_max = 100;
  std::uint32_t history_max = 1000; ///< Events in one answer.
};

} // namespace stele
