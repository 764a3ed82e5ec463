// Health, metrics and administration.
#pragma once

#include "app/http/routes.hpp"
#include "app/http/server_counters.hpp"

#include <memory>

namespace stele {
class node;
}

namespace stele::http {

/// `/healthz`: the process answers. `/readyz`: 503 until every view is open, and while draining. `/metrics`.
void add_health_routes(routes& table, node& shop, std::shared_ptr<const server_counters> counters);

/// `GET /views`, `POST /views/{view}/rebuild|pause|resume`, `POST /backup {"file": "/absolute/path"}`. The first needs
/// a key for queries, the others one for administration; where nobody needs a key, all are for callers on this machine.
void add_admin_routes(routes& table, node& shop);

} // namespace stele::http
