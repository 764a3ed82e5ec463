// One stream: its log, the states the model gives it, and what the history says of its commands.
#pragma once

#include "app/check/history.hpp"
#include "app/check/verdicts.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace stele::check {

/// An event of the stream; its version is its place.
struct logged {
  shard_position position = 0;
  uuid command;
  std::uint32_t part = 1, parts = 1;
  deed happened;
};

/// The events of one command, and when that can have been, as far as the history tells.
struct effect {
  uuid key;
  stream_version first = 0, last = 0;
  std::int64_t invoked = std::numeric_limits<std::int64_t>::min(); ///< Not before.
  std::int64_t returned = never;                                   ///< Not after.
  std::uint32_t command = nothing;                                 ///< Of the history.
};

struct stream_case {
  const history& told;
  verdicts& out;
  std::string name;
  std::uint32_t stream = nothing; ///< Of the history.
  shard_number shard = 0;
  std::vector<logged> log;
  bool modelled = false;       ///< An order or an account.
  std::vector<state> states;   ///< After each version; the first is that of version 0.
  std::vector<effect> effects; ///< In the order of the log.
  std::unordered_map<uuid, std::size_t> effect_of;
  std::vector<std::int64_t> invoked_upto; ///< By version: the latest `invoked` of all effects up to there.

  stream_version versions() const { return log.size(); }
  const effect* effect_with(const uuid& key) const;

  /// The greatest version whose event has a position up to this one.
  stream_version version_at(shard_position position) const;

  /// The greatest version that can be there at this moment: all commands up to it were sent.
  stream_version latest_at(std::int64_t moment) const;

  /// The first effect up to a version that was sent after a moment.
  const effect& sent_after(std::int64_t moment) const;
};

/// Fills in states and effects; P4: every event is what the rules answer in the state before it.
void replay(stream_case& it);

/// `add_order_item 01a2… of order-7`.
std::string name_of(const stream_case& it, const told_command& command);

/// `version 3 (shipped, 12.50, 2 lines)`.
std::string version_text(const stream_case& it, stream_version version);
std::string state_text(const state& it);

} // namespace stele::check
