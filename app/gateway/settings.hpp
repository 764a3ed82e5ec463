// The numbers of the CAF gateway. `config.ini` says for each its unit, default and reason.
#pragma once

#include "app/security/caf_tls_files.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace stele {

struct gateway_settings {
  std::string address = "127.0.0.1";        ///< One that is not loopback needs TLS.
  std::uint16_t port = 7710;                ///< 0: any free one.
  security::caf_tls_files tls;              ///< All of it, or nothing: plain.
  std::size_t connections_max = 64;         ///< More are closed at once.
  std::size_t handshakes_max = 64;          ///< TLS handshakes under way; more are closed at once.
  std::size_t connects_per_minute_max = 60; ///< Of one client's name, over TLS; and so many at once.

  // One connection. What is beyond a limit closes it, but for `requests_max`, which is refused with `client_limit`.
  std::size_t requests_max = 512;        ///< Unanswered requests of one client. Twice as many close the connection.
  std::size_t sources_max = 256;         ///< Actors of the client that ask.
  std::size_t frame_bytes_max = 1 << 20; ///< Of one request and of one reply.
  double frames_per_second_max = 200'000;
  double frames_burst_max = 20'000;             ///< Frames beyond the rate, before the connection is closed.
  std::size_t write_buffer_bytes_max = 8 << 20; ///< Replies the client doesn't read.
  std::int64_t handshake_ms_max = 2000;         ///< From accept to the end of the BASP handshake.
  std::int64_t partial_frame_ms_max = 5000;     ///< A frame begun and not finished.
  std::int64_t silence_ms_max = 5000;           ///< Without even a heartbeat; one is sent every fifth of it.

  std::int64_t request_timeout_ms_max = 30'000; ///< Longer deadlines of clients are cut to this.
  std::size_t threads = 2;                      ///< That run the gateway's actors.
};

} // namespace stele
