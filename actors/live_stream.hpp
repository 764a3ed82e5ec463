// One stream that has an actor: what the region, the aggregate and the lane share of it.
#pragma once

#include "actors/aggregate_type.hpp"

#include <boost/intrusive/list_hook.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <caf/actor.hpp>

#include <atomic>
#include <string>

namespace stele {

/// Its name once, for all three. Who writes which field is said below; nothing needs a lock.
struct live_stream : boost::intrusive_ref_counter<live_stream> {
  live_stream(std::string stream_id, shard_number in_shard, const aggregate_type& of_type)
      : shard(in_shard), id(std::move(stream_id)), type(of_type) {}

  // The members stand so that they leave no holes: there are as many of these as live aggregates.
  const shard_number shard;
  const std::string id;
  const aggregate_type& type;

  caf::actor actor; ///< Written by the region before the actor gets its first message, then only read.

  std::atomic<std::uint32_t> bytes{0}; ///< The aggregate writes, the region reads.

  // The region's own.
  std::uint32_t leaving_bytes = 0; ///< `bytes` when it was asked to go.
  boost::intrusive::list_member_hook<> by_use;

  // The lane's own.
  std::uint64_t noticed = 0;         ///< The last round of notices this stream was in.
  std::uint32_t lost_generation = 0; ///< Submissions of this generation and older are void.

  // The region's own.
  std::uint32_t used_ms = 0; ///< Steady; wraps around after seven weeks.
  bool retiring = false, touched = false;
};

using live_stream_ptr = boost::intrusive_ptr<live_stream>;

} // namespace stele
