// What one node of several knows of the others.
#pragma once

#include "app/http/routes.hpp"

namespace stele {
class node;
}

namespace stele::http {

/// `GET /cluster`, which needs what `GET /views` does. A node that is alone answers 404.
void add_cluster_routes(routes& table, node& shop);

} // namespace stele::http
