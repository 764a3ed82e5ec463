// One request and its tries: when the next may begin, and what to say when there is no time for another.
#pragma once

#include "app/gateway/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace stele {

/// Where a request is.
enum class attempt_stage {
  ready,     ///< Waits for a connection and a place.
  in_flight, ///< At the server.
  pausing    ///< Refused without effect, or lost: waits until it is tried again.
};

/// A request until it is answered for good. Knows no clock: times come in, microseconds from any start.
class attempts {
public:
  /// `wait_ms`: what the server may take. The answer has a little longer to come back.
  attempts(request it, std::int64_t now_us, std::int64_t wait_ms);

  attempt_stage stage() const { return stage_; }

  /// The request as it goes out now: with the time that is left.
  request begin(std::int64_t now_us);

  /// True: `it` is the end. False: the request waits for `pause_ms` and is tried again.
  bool answered(const response& it, std::int64_t now_us, std::int64_t pause_ms);

  /// The connection was lost while it was in flight: perhaps the server has done it, perhaps not. To be tried at once.
  void lost();

  void wake(std::int64_t now_us); ///< `pausing` becomes `ready` when it is time.
  bool expired(std::int64_t now_us) const;
  refusal farewell(const std::string& connection_fault) const; ///< What to say at the end of its time.

  std::uint32_t failures() const { return failures_; } ///< Tries that failed so far.

private:
  bool is_command() const { return std::holds_alternative<command_request>(request_); }

  request request_;
  attempt_stage stage_ = attempt_stage::ready;
  std::int64_t deadline_us_;
  std::int64_t next_us_ = 0;
  std::uint32_t failures_ = 0;
  bool perhaps_done_ = false; ///< Some try of a command ended without anyone knowing how.
  std::optional<refusal> last_;
};

/// The pause after `failures` failed tries: doubles from `min_ms` to `max_ms`, and of that a random part from half up.
std::int64_t pause_ms(std::uint32_t failures, std::int64_t min_ms, std::int64_t max_ms, std::uint64_t random);

} // namespace stele
