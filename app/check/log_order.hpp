// P5, P7, P8, P10: the order of events in one shard.
#pragma once

#include "app/check/verdicts.hpp"
#include "persistence/recorded_event.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>

namespace stele::check {

/// Takes the events of one shard in the order the store gives them.
class log_order {
public:
  log_order(shard_number shard, std::uint32_t shards, verdicts& out) : shard_(shard), shards_(shards), out_(out) {}

  /// Whether the event continues its stream.
  bool take(const recorded_event& it);
  void end(); ///< After the last event.

private:
  void check_position(const recorded_event& it);
  void check_parts(const recorded_event& it);

  shard_number shard_;
  std::uint32_t shards_;
  verdicts& out_;
  shard_position last_ = 0;
  std::unordered_map<std::string, stream_version> versions_;
  std::unordered_set<uuid> effects_; ///< Of a stream and a command id.
  recorded_event open_;              ///< The last event of a command that goes on.
};

/// `order_shipped of order-7, version 3, shard 3, position 12, command 01a2…`.
std::string place_of(const recorded_event& it);

} // namespace stele::check
