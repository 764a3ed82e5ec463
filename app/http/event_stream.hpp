// Events as they happen, in the form of server-sent events.
#pragma once

#include "actors/all_events.hpp"
#include "app/http/message.hpp"
#include "app/http/server_counters.hpp"

#include <memory>

namespace stele {
class node;
}

namespace stele::http {

/// A stream of what `what` asks for (its `answer` is not used), page by page: one request to the node at a time, the
/// next when the caller has taken the page before. A page without events is a comment, so that both ends see that the
/// other lives. Ends when the node refuses. Null when `streams_max` are open. `shop` outlives it.
std::shared_ptr<body_stream> open_event_stream(node& shop, events_request what, std::size_t streams_max,
                                               std::shared_ptr<server_counters> counters);

/// `id:` the position, `event:` the type, `data:` the event.
std::string to_server_sent(const recorded_event& it);

} // namespace stele::http
