// The client as an actor, for programs that are made of actors.
#pragma once

#include "app/client/options.hpp"
#include "app/client/outcome.hpp"
#include "app/client/session.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace stele {

/// Makes an actor system able to have clients. Call it before the actor system exists.
///
///     struct config : caf::actor_system_config { config() { stele::prepare_for_clients(*this); } };
void prepare_for_clients(caf::actor_system_config& config);

/// Spawns a client. It takes these requests and answers each of them once, within its time and half a second:
///
///     command_request -> outcome<accepted>        A `command_id` of zeros is replaced by a new UUIDv7.
///     lookup_request  -> outcome<found>
///     query_request   -> outcome<found>
///     state_request   -> outcome<past_state>
///     all_events_request -> outcome<found_events>
///     hello_request   -> outcome<server_info>
///
/// It reconnects, and tries again with the same command id, as `stele::client` says. Ask it with `caf::infinite`: it
/// keeps the time. Send it an exit message when you are done; requests that are open then are answered first.
/// These messages are for actors of the same process only. `seen` may be shared with others; null: a new one.
/// `system` was prepared with `prepare_for_clients`, or this throws `std::logic_error`.
caf::actor spawn_client(caf::actor_system& system, client_options options,
                        std::shared_ptr<client_session> seen = nullptr);

/// A request for callers that are no actors: `done` is called once, by the client's actor; it must not block.
struct client_call {
  request what;
  std::function<void(const response&)> done;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::hello_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::command_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::lookup_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::query_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::state_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::all_events_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::outcome<stele::server_info>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::outcome<stele::accepted>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::outcome<stele::found>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::outcome<stele::past_state>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::outcome<stele::found_events>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::client_call)
