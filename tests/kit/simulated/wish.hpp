// What a client of a simulated cluster wants done, and how its attempts went.
#pragma once

#include "actors/aggregate_type.hpp"
#include "tests/kit/simulated_node.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace stele::simulated {

struct attempt {
  enum class state : std::uint8_t {
    open,
    yes,
    no,     ///< It had no effect, nor will it.
    unknown ///< It may have had one, and may have it later.
  };

  kit::simulated_node* at = nullptr;
  stream_version stored_before = 0; ///< Versions of the stream when it was sent.
  bool heard = false;
  bool after_yes = false; ///< Another attempt had been acknowledged.
  state is = state::open;
};

struct wish {
  std::string stream, type, body;
  uuid id;
  const aggregate_type* of = nullptr;
  std::unique_ptr<any_command> command;
  std::optional<stream_version> expected;
  std::deque<attempt> attempts;
  std::optional<acceptance> done;
  bool refused = false;     ///< By its rules, by the last attempt that answered.
  bool given_up = false;    ///< Nobody waits for it any more.
  bool was_refused = false; ///< Some attempt had no effect.

  bool is_over() const { return done || given_up; }
  bool has_open() const { return any_is(attempt::state::open); }
  bool all_refused() const {
    return std::all_of(attempts.begin(), attempts.end(), [](const attempt& by) { return by.is == attempt::state::no; });
  }

private:
  bool any_is(attempt::state it) const {
    return std::any_of(attempts.begin(), attempts.end(), [it](const attempt& by) { return by.is == it; });
  }
};

/// Enough of a command's id to find it in a story.
inline std::string tail_of(const uuid& id) { return to_string(id).substr(24); }

} // namespace stele::simulated
