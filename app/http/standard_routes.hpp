// The routes every program has: its aggregates, views and queries by name, health, metrics, administration.
#pragma once

#include "app/http/routes.hpp"
#include "app/http/server_counters.hpp"

#include <cstdint>
#include <memory>

namespace stele {
class node;
}

namespace stele::http {

/// The numbers the routes work by. Times are milliseconds.
struct route_settings {
  std::int64_t command_ms = 30'000;   ///< A command not decided by then is dropped; its caller hears 504.
  std::int64_t query_wait_ms = 5'000; ///< How long a query waits for its `after`, unless it says.
  std::int64_t query_wait_ms_max = 30'000;
  std::uint32_t page_size = 20;
  std::uint32_t page_size_max = 100;
};

/// Adds, for what `shop` hosts:
/// `POST /{aggregate}/{id}/{command}`, `GET /{aggregate}/{id}/state`, `GET /{aggregate}/{id}/events`,
/// `GET /{view}/{key}`, `GET /{view}?…`, `GET /queries/{name}?…`, `/healthz`, `/readyz`, `/metrics`, `/openapi.json`,
/// `GET /views`, `POST /views/{view}/rebuild|pause|resume`, `POST /backup`.
///
/// `shop` outlives the table. Call it last, so that `/openapi.json` shows the program's own routes too.
void add_standard_routes(routes& table, node& shop, route_settings settings,
                         std::shared_ptr<const server_counters> counters);

} // namespace stele::http
