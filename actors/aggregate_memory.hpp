// What an aggregate knows of its stream: state, version, position and the command ids it remembers.
#pragma once

#include "actors/aggregate_type.hpp"
#include "actors/command_window.hpp"
#include "persistence/snapshot_store.hpp"

#include <memory>

namespace stele {

/// The state of one stream up to a version. Plain data with rules; knows no actor and no store.
struct aggregate_memory {
  std::unique_ptr<any_state> state; ///< Null: nothing is known, the stream must be loaded.
  stream_version version = 0;
  shard_position position = 0;         ///< Of the last durable event.
  stream_version snapshot_version = 0; ///< Of the newest snapshot known of.
  command_window window;

  /// The state before the first event.
  static aggregate_memory empty(const aggregate_type& type);

  /// The state of a snapshot; nothing when it was made by another description or can't be read.
  static std::optional<aggregate_memory> restore(const aggregate_type& type, const snapshot& from);

  /// Folds the next stored event. Fails with `corrupt` when it isn't the next one or can't be folded, whatever the
  /// reason.
  stored<done> replay(const aggregate_type& type, const recorded_event& event, std::size_t window_max);

  /// A snapshot of it all. Positions of tentative commands in its window are missing.
  snapshot take_snapshot(const aggregate_type& type, const std::string& stream_id) const;
};

} // namespace stele
