// One event as it stands in the log.
#pragma once

#include "persistence/identifiers.hpp"

#include <memory>
#include <vector>

namespace stele {

/// An event as it is written and read: who, where in the order, what.
struct recorded_event {
  std::uint64_t global_position = 0; ///< Place in the order of everything; given by the store, 0 until stored.
  shard_number shard = 0;
  shard_position position = 0; ///< Place in the shard, given by the shard's owner.
  std::string stream_id;       ///< `<aggregate>-<id>`.
  stream_version version = 0;  ///< Place in the stream.
  uuid event_id;               ///< Made anew at each decision, never derived from the command.
  uuid command_id;             ///< The command that caused it: what a retry is recognised by.
  uuid command_digest;         ///< Of the command's type and body: the same id with another body is refused.
  std::uint32_t part = 1;      ///< Which of the command's events this is: 1 … parts.
  std::uint32_t parts = 1;     ///< How many events the command had; all are stored, or none.
  std::string type;            ///< Name of the event's struct, as `order_created`.
  std::uint32_t type_version = 1;
  std::string payload;  ///< JSON object.
  std::string metadata; ///< JSON object, or empty.
  unix_ms recorded_at = 0;
};

/// Events in the order they were appended, shared between the lane, the store and the projectors.
using event_batch = std::shared_ptr<const std::vector<recorded_event>>;

/// The aggregate part of a stream id: `order` of `order-7`. Aggregate names hold no `-`.
inline std::string_view aggregate_of(std::string_view stream_id) { return stream_id.substr(0, stream_id.find('-')); }

/// The id part of a stream id: `7` of `order-7`.
inline std::string_view id_of(std::string_view stream_id) {
  const auto dash = stream_id.find('-');
  return dash == std::string_view::npos ? std::string_view{} : stream_id.substr(dash + 1);
}

} // namespace stele
