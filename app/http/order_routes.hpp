// The routes of the order service, in the words of its callers.
#pragma once

#include "app/http/standard_routes.hpp"

namespace stele::http {

/// Adds `/orders…` and `/customers/{id}/orders` over the aggregate `order`, the view `order_views` and the queries
/// `orders_of_customer` and `search_orders`. `shop` outlives the table.
void add_order_routes(routes& table, node& shop, route_settings settings);

} // namespace stele::http
