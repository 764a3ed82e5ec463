// A command on its way: one object, made at the door, handed on by pointer until it is answered.
#pragma once

#include "actors/inbox.hpp"
#include "actors/refusal.hpp"
#include "persistence/identifiers.hpp"

#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <functional>
#include <optional>
#include <variant>

namespace stele {

class admission;

/// What an accepted command led to. A repeat of a command gets the very same.
struct acceptance {
  stream_version version = 0; ///< Of the stream after the command.
  shard_number shard = 0;     ///< Where its events are: what a token is made of.
  shard_position position = 0;
  bool changed = true;   ///< False: the command was already true (`no_change`); nothing was stored.
  bool repeated = false; ///< True: answered from the log, it had been done before.
};

using command_outcome = std::variant<acceptance, refusal>;

/// A command, from the door to its answer.
///
/// The envelope is written by the door and never changes once it is submitted. `answer` is called exactly once, from
/// any thread; it must not block. A command that is dropped on the way, as when the node stops at once, answers
/// `outcome_unknown` as it is destroyed.
struct command : boost::intrusive_ref_counter<command>, inbox_item<command> {
  command() = default;
  ~command();
  command(const command&) = delete;
  command& operator=(const command&) = delete;

  // Envelope.
  std::string stream_id;                          ///< `<aggregate>-<id>`.
  std::string type;                               ///< Name of the command's struct, as `create_order`.
  std::string body;                               ///< JSON object.
  std::string metadata;                           ///< JSON object kept with the events, or empty.
  uuid command_id;                                ///< All zeros: a new one is made at admission.
  std::optional<stream_version> expected_version; ///< From `If-Match`.
  unix_ms deadline =
      0; ///< Wall clock; past it a command that is not decided yet is dropped with `overloaded`. 0: none.
  std::function<void(const command_outcome&)> answer;

  bool forwarded = false;    ///< Another node sent it, believing that this one owns its shard.
  bool perhaps_done = false; ///< It was sent to another node that never answered: only that it was done is certain.

  // Written at admission.
  admission* admitted = nullptr;
  std::int64_t admitted_us = 0; ///< Steady clock.
};

using command_ptr = boost::intrusive_ptr<command>;

/// Answers a command: what region, aggregates and links call. Only the first call for a command does anything.
void settle(command& it, const command_outcome& outcome);

/// The same with a refusal of a few words.
void refuse(command& it, refusal_kind kind, std::string code, std::string message);

} // namespace stele
