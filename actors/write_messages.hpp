// What region, aggregates and lanes say to each other. All of it stays in the process.
#pragma once

#include "actors/command.hpp"
#include "actors/link.hpp"
#include "actors/live_stream.hpp"
#include "actors/submission.hpp"
#include "persistence/event_store.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <variant>

namespace stele {

/// From a lane to an aggregate: how the submissions up to and with `last` ended.
struct lane_notice {
  enum class verdict : std::uint8_t {
    committed,
    lost,     ///< Nothing of them was stored, nor will be; so it is with all later ones of that generation.
    undecided ///< Nobody can tell yet; commands past their deadline should be told so.
  };
  verdict how = verdict::committed;
  submission_ptr last;
  std::shared_ptr<const refusal> why; ///< Of a loss.
};

/// From the store to an aggregate. `ticket` tells which question is answered.
struct stream_recovered {
  std::uint32_t ticket = 0;
  std::shared_ptr<stored<recovered_stream>> found;
};
struct stream_page {
  std::uint32_t ticket = 0;
  std::shared_ptr<const stored<std::vector<recorded_event>>> found;
};
struct command_found {
  std::uint32_t ticket = 0;
  std::shared_ptr<const stored<std::vector<recorded_event>>> found;
};

/// From the region to an aggregate: go, unless there is something to do; then, if it is `told_once`, say so, else go as
/// soon as it is done.
struct retire {
  bool told_once = true;
};

/// All an aggregate can hear. One type, one handler: each further one costs every aggregate memory.
struct aggregate_mail {
  std::variant<command_ptr, lane_notice, stream_recovered, stream_page, command_found, retire> what;
};

/// From an aggregate to the region.
struct stream_notice {
  enum class word : std::uint8_t {
    retired, ///< Asked to go, gone; its mailbox was empty.
    busy,    ///< Asked to go, not gone.
    died     ///< Gone without being asked.
  };
  word what = word::retired;
  live_stream_ptr stream;
};

/// To the region: its node gives the shard away. `left` is called, in the region, once no aggregate of it is there any
/// more and all they decided is answered. Commands that come meanwhile wait.
struct shard_leaves {
  shard_number shard = 0;
  std::shared_ptr<const std::function<void()>> left;
};

/// From the region to a lane: call `quiet`, in the lane, once no event of the shard is waiting or out any more. An
/// aggregate that died may have left some.
struct lane_barrier {
  shard_number shard = 0;
  std::shared_ptr<const std::function<void()>> quiet;
};

/// To the region: the owner of a shard is another one than before, or known again.
struct shard_moved {
  shard_number shard = 0;
};

/// From the link to the region: what became of a command that was handed to another node.
struct command_returned {
  command_ptr it;
  std::shared_ptr<const std::variant<command_outcome, link_fault>> how;
};

/// The region to itself.
struct region_tick {
  bool only_unowned = false; ///< Looks only after commands whose shard has no known owner.
};

/// From the store to a lane, and from a lane to itself. `round` tells which question is answered.
struct heads_read {
  std::uint64_t round = 0;
  std::shared_ptr<const stored<std::vector<shard_position>>> heads;
};
struct batch_ended {
  std::uint64_t round = 0;
  std::shared_ptr<const stored<done>> how;
};
struct batch_resolved {
  std::uint64_t round = 0;
  std::shared_ptr<const stored<bool>> stored_after_all;
};
struct lane_retry {
  std::uint64_t round = 0;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::aggregate_mail)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::stream_notice)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::shard_leaves)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::lane_barrier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::shard_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::command_returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::region_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::heads_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::batch_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::batch_resolved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::lane_retry)
