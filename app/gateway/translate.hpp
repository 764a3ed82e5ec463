// From requests of the protocol to commands and queries of the node, and from their outcomes to responses.
#pragma once

#include "actors/all_events.hpp"
#include "actors/command.hpp"
#include "actors/query.hpp"
#include "app/gateway/protocol.hpp"

#include <string>
#include <variant>

namespace stele::gateway {

/// `<aggregate>-<id>`, or an `invalid` refusal: a name with a `-` in it would lead to another stream.
std::variant<std::string, refusal> stream_id_of(const std::string& aggregate, const std::string& id);

/// Without `answer`, which the caller sets. A refusal when the request can't be for any node.
std::variant<command_ptr, refusal> to_command(command_request it, unix_ms deadline);
std::variant<query_ptr, refusal> to_query(lookup_request it, std::int64_t timeout_ms);
std::variant<query_ptr, refusal> to_query(query_request it, std::int64_t timeout_ms);

response to_response(const command_outcome& outcome, const uuid& history);
response to_response(const query_outcome& outcome);
response to_response(const std::variant<state_at, refusal>& outcome);

/// At most `bytes_max`, roughly: what does not fit is left for the next request. One event is always in it.
response to_response(std::variant<event_page, refusal> outcome, std::size_t bytes_max);

} // namespace stele::gateway
