// What an aggregate hands to its lane: one decided command.
#pragma once

#include "actors/command.hpp"
#include "actors/live_stream.hpp"
#include "persistence/recorded_event.hpp"

#include <vector>

namespace stele {

/// A decision waiting for the disk, or, when it has no events, for the proof that its node still owns the lane.
///
/// The aggregate makes it and keeps it until the lane's notice; only the aggregate answers its command. Between the two
/// the lane may write the fields marked so.
struct submission : boost::intrusive_ref_counter<submission>, inbox_item<submission> {
  live_stream_ptr stream;
  command_ptr command;
  std::uint32_t generation = 1; ///< Of the tentative state it was decided on; grows each time that state is lost.
  stream_version version = 0;   ///< Of the stream after it.
  std::uint32_t stores = 0;     ///< Events it has.
  uuid digest;                  ///< Of the command, when it stores events.
  command_outcome outcome;      ///< What will be answered; an acceptance gets its position from the notice.
  boost::intrusive_ptr<submission> first; ///< Set on a repeat of a command that is still on its way: that command.

  // The lane's, once it is sent.
  std::vector<recorded_event> events;
  std::size_t bytes = 0;       ///< Of the events, roughly.
  shard_position position = 0; ///< Of the last event.
  bool notifies = false;       ///< It is the last of its stream in its batch: the notice names it.

  /// For the lane: what it was decided on is lost.
  bool is_void() const { return generation <= stream->lost_generation; }
};

using submission_ptr = boost::intrusive_ptr<submission>;

} // namespace stele
