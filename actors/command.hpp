// A command on its way: one object, made at the door, handed on by pointer until it is answered.
#pragma once

#include "actors/refusal.hpp"
#include "persistence/identifiers.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <functional>
#include <optional>
#include <variant>

namespace stele {

/// What an accepted command led to. A repeat of a command gets the very same.
struct acceptance {
  stream_version version = 0;  ///< Of the stream after the command.
  shard_number shard = 0;      ///< Where its events are: what a token is made of.
  shard_position position = 0;
  bool changed = true; ///< False: the command was already true (`no_change`); nothing was stored.
  bool repeated = false; ///< True: answered from the log, it had been done before.
};

using command_outcome = std::variant<acceptance, refusal>;

/// A command, from the door to its answer.
///
/// The envelope is written by the door and never changes. The rest belongs to whoever holds the command at the moment:
/// region, aggregate, lane. `answer` is called exactly once, from any thread; it must not block.
struct command : boost::intrusive_ref_counter<command> {
  // Envelope.
  std::string stream_id; ///< `<aggregate>-<id>`.
  std::string type;      ///< Name of the command's struct, as `create_order`.
  std::string body;      ///< JSON object.
  std::string metadata;  ///< JSON object kept with the events, or empty.
  uuid command_id;
  std::optional<stream_version> expected_version; ///< From `If-Match`.
  unix_ms deadline = 0; ///< Wall clock; past it a command that is not decided yet is dropped with `overloaded`.
  std::function<void(const command_outcome&)> answer;
};

using command_ptr = boost::intrusive_ptr<command>;

} // namespace stele
