// Describes a table of routes as OpenAPI 3.1.
#pragma once

#include "actors/registry.hpp"
#include "app/http/routes.hpp"

#include <string>

namespace stele::http {

/// The document of `table` and `self`, the route it will be answered at. Rows of views become schemas; a parameter
/// `{command}` lists the commands of its aggregate.
std::string openapi_json(const routes& table, const registry& hosted, const route& self);

} // namespace stele::http
