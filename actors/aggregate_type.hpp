// What the runtime must know of one kind of aggregate, with its C++ types taken away.
#pragma once

#include "actors/refusal.hpp"
#include "persistence/recorded_event.hpp"
#include "persistence/store_error.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stele {

/// A state of an aggregate; only its `aggregate_type` knows what is inside.
class any_state {
public:
  virtual ~any_state() = default;
};

/// A command, decoded and found well-formed; only its `aggregate_type` knows what is inside.
class any_command {
public:
  virtual ~any_command() = default;
  uuid digest; ///< Of the type and the body encoded anew: equal for equal commands whatever their white space and key
               ///< order.
};

/// An event a decision led to, encoded.
struct decided_event {
  std::string type;
  std::uint32_t type_version = 1;
  std::string payload;
};

/// The answer of `decide`: events (none: nothing to change), or why not.
using decided = std::variant<std::vector<decided_event>, refusal>;

/// One kind of aggregate, as `order`. Immutable, shared by all actors; pure.
class aggregate_type {
public:
  virtual ~aggregate_type() = default;

  virtual std::string_view name() const = 0;
  virtual std::vector<std::string> command_types() const = 0;
  virtual std::vector<std::string> event_types() const = 0;

  /// The state before the first event.
  virtual std::unique_ptr<any_state> initial() const = 0;

  /// Reads a command strictly: an unknown type, an unknown or missing field or a wrong type is `invalid`, and the
  /// refusal names the field and its JSON pointer.
  virtual std::variant<std::unique_ptr<any_command>, refusal> decode(std::string_view type,
                                                                     std::string_view body) const = 0;

  /// Decides, and when events follow, folds them into `state`.
  virtual decided decide(any_state& state, const any_command& it) const = 0;

  /// Folds one stored event into `state`, upcasting old versions. Fails with `corrupt` when it can't be read.
  virtual stored<done> evolve(any_state& state, const recorded_event& event) const = 0;

  /// The state as JSON by its description, and back. `description_hash` changes with the description, the aggregate's
  /// declared version and the names of its events.
  virtual std::string encode(const any_state& state) const = 0;
  virtual std::unique_ptr<any_state> decode_state(std::string_view json) const = 0; ///< Null when it can't be read.
  virtual std::uint64_t description_hash() const = 0;

  /// Bytes the state holds beside the actor, roughly: what the budget of live aggregates counts.
  virtual std::size_t footprint(const any_state& state) const = 0;
};

} // namespace stele
