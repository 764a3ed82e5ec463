// What a command may carry beside itself, for whoever sends it: a program in the node's process, or a client.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace stele {

struct send_options {
  std::optional<uuid> command_id; ///< Send it again with the same id: it has one effect. Absent: a new UUIDv7.
  std::optional<stream_version> expected_version; ///< Refused with `wrong_version` at another version of the stream.
  std::optional<std::int64_t> timeout_ms;         ///< Else `command_timeout_ms` of a client, 30 s in the process.
  std::string traceparent = {}; ///< Of W3C, from a client: kept with the events and named in the node's log lines.
};

} // namespace stele
