// The routes every program has: its aggregates, views and queries by name, health, metrics, administration.
#pragma once

#include "app/http/routes.hpp"
#include "app/http/server_counters.hpp"
#include "app/http/settings.hpp"

#include <memory>

namespace stele {
class node;
}

namespace stele::http {

/// Adds, for what `shop` hosts:
/// `POST /{aggregate}/{id}/{command}`, `GET /{aggregate}/{id}/state`, `GET /{aggregate}/{id}/events`,
/// `GET /{view}/{key}`, `GET /{view}?…`, `GET /queries/{name}?…`, `GET /events`, `/healthz`, `/readyz`, `/metrics`,
/// `/openapi.json`, `GET /views`, `POST /views/{view}/rebuild|pause|resume`, `POST /backup`.
///
/// `shop` outlives the table. Call it last, so that `/openapi.json` shows the program's own routes too.
void add_standard_routes(routes& table, node& shop, const http_settings& settings,
                         std::shared_ptr<server_counters> counters);

} // namespace stele::http
