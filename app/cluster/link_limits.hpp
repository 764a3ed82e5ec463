// Limits of links that follow from others, or that nobody has a reason to change.
#pragma once

#include "app/cluster/settings.hpp"

#include <algorithm>

namespace stele::cluster {

inline constexpr std::size_t peer_connections_max = 256;
inline constexpr std::size_t handshakes_max = peer_connections_max;

/// Of one name. A link that is lost as soon as it is up is dialed about 60 times a minute; several nodes may share a
/// name, and all come at once when they start.
inline constexpr std::size_t connects_per_minute_max = 240;

inline constexpr double frames_per_second_max = 1e6;

/// How long after its deadline a request may still be answered by the node, before the door answers for it.
inline constexpr std::int64_t grace_ms = 500;

/// How long after that the asking side believes that there will be an answer.
inline constexpr std::int64_t way_back_ms = 500;

/// Of a request that has no deadline.
inline constexpr std::int64_t answer_ms_max = 30'000;

/// Bytes of unanswered requests at one peer; others wait, unless nothing else is there.
inline std::size_t bytes_in_flight_max(const cluster_settings& it) {
  return std::max<std::size_t>(8u << 20, it.frame_bytes_max);
}

/// Bytes of requests that wait for one peer; more are not sent.
inline constexpr std::size_t queue_bytes_max = 64u << 20;

/// Beyond this a connection is cut, so what the window lets through must fit.
inline std::size_t write_buffer_bytes_max(const cluster_settings& it) { return 4 * bytes_in_flight_max(it); }

} // namespace stele::cluster
