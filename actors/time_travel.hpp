// The past of one stream: its events, and the state of its aggregate at a version or at a time.
#pragma once

#include "actors/presence.hpp"
#include "actors/query.hpp"
#include "actors/registry.hpp"
#include "persistence/event_store.hpp"

#include <caf/actor.hpp>

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

/// What the reader of the past works with. All of it but `here` outlives the reader.
struct past_parts {
  event_store& events;
  const registry& hosted;
  std::size_t page_events = 1000; ///< In one read.
  std::shared_ptr<presence> here; ///< Held by the reader until it has ended.
};

/// Spawns the actor that answers `ask_state`; it ends by an exit message. Questions go to an actor, not to a function
/// that spawns: a thread that has spawned one keeps the whole actor system waiting for the end of that thread.
caf::actor spawn_past_reader(caf::actor_system& system, past_parts parts);

/// Folds the stream page by page. Answers `not_found` above the head and before the first event, `invalid` for version
/// 0. `reply` is called once, from any thread; or dropped, when the reader ends before.
void ask_state(const caf::actor& past_reader, std::string stream_id, moment wanted, state_reply reply);

/// At most `limit` events with version > `after`; `not_found` when the stream is empty.
void read_history(event_store& events, std::string stream_id, stream_version after, std::size_t limit,
                  history_reply reply);

} // namespace stele
