// The routes of the order service, in the words of its callers.
#pragma once

#include "app/http/routes.hpp"
#include "app/http/settings.hpp"

namespace stele {
class node;
}

namespace stele::http {

/// Adds `/orders…` and `/customers/{id}/orders` over the aggregate `order`, the view `order_views` and the queries
/// `orders_of_customer` and `search_orders`. `shop` outlives the table.
void add_order_routes(routes& table, node& shop, const http_settings& settings);

} // namespace stele::http
