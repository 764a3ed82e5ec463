// The rules of the protocol by name, so that each can be switched off.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// In the order of docs/protocol.md, which gives the reason of each.
enum class rule : std::uint8_t {
  fence,
  share,
  load_later,
  shards_later,
  lanes_first,
  taker_lives,
  bump,
  lane_deleted,
  bump_number,
  fresh_event_ids,
  other_lanes,
  rollback,
  drain,
  keep,
  shard_epoch,
  reload,
  newer_epoch,
  receiver_lives,
  leave_empty,
  rejections_fenced,
  rejections_ride_later,
  all_attempts,
  new_incarnation,
  window_replayed,
  // Tentative state: what lies between an aggregate and its lane.
  drop_queued,
  refuse_late,
  new_generation,
  load_behind,
  repeats_ride,
  one_answers,
  fall_in_order,
  snapshot_durable,
  old_notices_ignored,
  // Views.
  guard,
  one_statement,
  checkpoint_first,
  drop_rows,
  new_key,
  begin_names,
  swap_names,
  // Command ids and snapshots.
  window_whole,
  keep_greatest,
  ask_the_log,
  snapshot_window,
  snapshot_gaps,
  newer_snapshot,
};

/// Which rules are kept.
class rules {
public:
  bool keep(rule it) const { return (off_ & bit(it)) == 0; }
  rules without(rule it) const {
    rules other = *this;
    other.off_ |= bit(it);
    return other;
  }

private:
  static std::uint64_t bit(rule it) { return std::uint64_t{1} << static_cast<unsigned>(it); }
  std::uint64_t off_ = 0;
};

} // namespace model
