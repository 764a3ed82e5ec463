// What all actors of the write side share.
#pragma once

#include "actors/admission.hpp"
#include "actors/presence.hpp"
#include "actors/submission.hpp"
#include "actors/write_side.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <atomic>

namespace stele {

/// Every actor holds it until it exits, every question to the store until it is answered: when the last lets go,
/// nothing of the write side uses `parts` any more.
class write_context : public boost::intrusive_ref_counter<write_context> {
public:
  write_context(write_parts given, std::shared_ptr<presence> here)
      : present_(std::move(here)), parts(std::move(given)), decisions(parts.events.identity().lanes),
        arrived_at(parts.events.identity().shards) {}

private:
  const std::shared_ptr<presence> present_; ///< The first member: it must be the last to go.

public:
  const write_parts parts;
  caf::actor region; ///< Set before any command flows, like `lanes`.
  std::vector<caf::actor> lanes;
  inbox<command> commands;                  ///< For the region.
  std::vector<inbox<submission>> decisions; ///< For each lane.
  /// Where a shard's last event stood when the shard came; 0 once its lane has heard of it. Written before the first
  /// command of the shard comes, so that the lane hears of it before the first decision.
  std::vector<std::atomic<shard_position>> arrived_at;
  std::atomic<std::uint32_t> lanes_open{0}; ///< Lanes that know their heads.
  std::atomic<bool> fenced{false};          ///< This node owns nothing any more and never will.
  std::atomic<bool> broken{false};          ///< An actor that must live died.
  std::atomic<bool> stopping{false};        ///< Actors that exit now were told to.

  const caf::actor& lane_of(shard_number shard) const { return lanes[shard % lanes.size()]; }

  /// To the region.
  void post(command_ptr it);

  /// To its lane.
  void post(submission_ptr it);

  bool open() const { return lanes_open == parts.events.identity().lanes; }
};

using write_context_ptr = boost::intrusive_ptr<write_context>;

} // namespace stele
