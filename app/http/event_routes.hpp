// Everything that happens, in one order: as pages, and as server-sent events.
#pragma once

#include "app/http/routes.hpp"
#include "app/http/server_counters.hpp"
#include "app/http/settings.hpp"

#include <memory>

namespace stele {
class node;
}

namespace stele::http {

/// `GET /events?from=N&limit=N&aggregate=NAME&timeout=T`: `{items, next, more}`, events behind position N of the whole
/// store; waits for the first of them when a `timeout` says so. With `follow=true` or `Accept: text/event-stream` it is
/// a stream that goes on where `Last-Event-ID` says, until the caller leaves or the server stops.
void add_event_routes(routes& table, node& shop, std::shared_ptr<const http_settings> settings,
                      std::shared_ptr<server_counters> counters);

} // namespace stele::http
