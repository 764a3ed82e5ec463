// What a door for CAF connections counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace stele::gateway {

/// What the door counted since it was opened.
struct door_counts {
  std::uint64_t connections_open = 0;           ///< Now.
  std::uint64_t connections_accepted = 0;       ///< Behind the guard, whatever became of them.
  std::uint64_t connections_refused = 0;        ///< Beyond `connections_max` or `handshakes_max`.
  std::uint64_t handshakes_failed = 0;          ///< No TLS, or not with a certificate that is let in.
  std::uint64_t connected_too_often = 0;        ///< Beyond `connects_per_minute_max`.
  std::uint64_t connections_late = 0;           ///< Cut: handshake or frame not finished in time.
  std::uint64_t slow_readers = 0;               ///< Cut: replies were not read.
  std::uint64_t requests = 0;                   ///< Frames that reached the door's actor.
  std::map<std::string, std::uint64_t> refused; ///< Connections cut by the filter, by reason.
};

} // namespace stele::gateway
