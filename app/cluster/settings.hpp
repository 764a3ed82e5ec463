// The numbers of a node among others. `config.ini` says for each its unit, default and reason.
#pragma once

#include "app/security/caf_tls_files.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace stele {

struct cluster_settings {
  bool enabled = false;                ///< One node of several over one store; else this node is alone.
  std::string address = "127.0.0.1";   ///< Where the door for other nodes listens; not loopback needs TLS.
  std::uint16_t port = 7720;           ///< 0: any free one.
  std::string advertise;               ///< `host:port` told to the others; empty: address and port.
  security::caf_tls_files tls;         ///< Of the door and of dialing. All of it, or nothing: plain.
  std::uint32_t weight = 1;            ///< A node of weight 2 owns twice as many shards as one of weight 1.
  std::int64_t lease_ms = 3000;        ///< A node that can't prolong its lease for so long may be replaced.
  std::uint32_t moves_per_second = 50; ///< Shards one node gives away.

  std::size_t requests_max = 1024;          ///< Unanswered requests at one peer; others wait here.
  std::size_t queue_max = 4096;             ///< Requests waiting for one peer; more are not sent.
  std::size_t frame_bytes_max = (2u << 20); ///< Of one request and of one answer.
  std::int64_t handshake_ms_max = 2000;     ///< For TCP, for the handshake and for the hello, each.
  std::int64_t silence_ms_max = 2500; ///< Without even a heartbeat; one is sent every fifth of it. Below the lease.
};

} // namespace stele
