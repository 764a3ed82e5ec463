// Checks the order of events in one shard: what every reader of the log relies on.
#pragma once

#include "app/admin/findings.hpp"
#include "persistence/recorded_event.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>

namespace stele::admin {

/// Takes the events of one shard in the order of their positions. Finds gaps in positions and versions, streams in a
/// shard that is not theirs, commands whose events are torn apart or stored twice, and event ids used twice. Memory: an
/// entry for each stream of the shard and an id for each of its events.
class event_check {
public:
  event_check(shard_number shard, std::uint32_t shards, findings& found)
      : shard_(shard), shards_(shards), found_(found) {}

  void take(const recorded_event& it);
  void end(); ///< After the last event: a command may not be cut off.

  std::uint64_t events() const { return events_; }
  std::uint64_t commands() const { return commands_; }
  std::uint64_t streams() const { return versions_.size(); }
  shard_position position() const { return position_; }

private:
  void check_place(const recorded_event& it);
  void check_version(const recorded_event& it);
  void check_command(const recorded_event& it);

  /// The command of the last event taken; `part` below `parts`: it goes on.
  struct command_part {
    std::string stream_id;
    uuid command_id;
    std::uint32_t part = 1, parts = 1;
    shard_position position = 0;
  };

  shard_number shard_;
  std::uint32_t shards_;
  findings& found_;
  shard_position position_ = 0;
  std::uint64_t global_position_ = 0;
  std::uint64_t events_ = 0, commands_ = 0;
  command_part last_;
  std::unordered_map<std::string, stream_version> versions_;
  std::unordered_set<uuid> event_ids_;
  std::unordered_set<uuid> commands_seen_; ///< Of a stream and a command id.
};

/// `event order_created, stream order-7 version 1, shard 3 position 12`.
std::string place_of(const recorded_event& it);

} // namespace stele::admin
