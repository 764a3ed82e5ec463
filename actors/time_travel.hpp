// The past of one stream: its events, and the state of its aggregate at a version or at a time.
#pragma once

#include "actors/query.hpp"
#include "actors/registry.hpp"
#include "persistence/event_store.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// How far to fold: up to a version, or over the events recorded up to a time. Exactly one is set.
struct moment {
  std::optional<stream_version> version;
  std::optional<unix_ms> at;
};

using state_reply = std::function<void(std::variant<state_at, refusal>)>;
using history_reply = std::function<void(std::variant<std::vector<recorded_event>, refusal>)>;

/// Reads the stream in pages of `page_events` and folds it in an actor of its own. Answers `not_found` above the head
/// and before the first event, `invalid` for version 0. `reply` is called once, from any thread. `events` and `hosted`
/// outlive the answer.
void read_state(caf::actor_system& system, event_store& events, const registry& hosted, std::string stream_id,
                moment wanted, std::size_t page_events, state_reply reply);

/// At most `limit` events with version > `after`; `not_found` when the stream is empty.
void read_history(event_store& events, std::string stream_id, stream_version after, std::size_t limit,
                  history_reply reply);

} // namespace stele
