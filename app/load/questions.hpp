// The parameters of a load's queries, as registered queries read them.
#pragma once

#include "app/load/operation.hpp"

namespace stele::load {

inline constexpr std::int64_t command_ms_max = 30'000; ///< A command has its answer by then, or none.
inline constexpr std::int64_t query_wait_ms = 5'000;   ///< How long a query waits for its token; later it is stale.

inline bool is_look_up(const operation& it) { return it.command.empty() && !it.order_id.empty(); }

/// Of a list or a search. Ids need no escaping.
inline std::string query_name(const operation& it) { return it.text.empty() ? "orders_of_customer" : "search_orders"; }

inline std::string query_parameters(const operation& it) {
  const auto field = it.text.empty() ? R"({"customer_id":")" + it.customer_id : R"({"q":")" + it.text;
  return field + R"(","page_size":)" + std::to_string(page_size) + '}';
}

} // namespace stele::load
