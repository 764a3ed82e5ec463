// What people read of a customer: all orders of one, in a row.
#pragma once

#include "domain/kernel/keyed_view.hpp"
#include "domain/order.hpp"

#include <algorithm>

namespace customer_view {

struct row {
  std::string customer_id;
  std::int64_t orders = 0;
  std::int64_t open_orders = 0;
  std::int64_t shipped_orders = 0;
  std::int64_t cancelled_orders = 0;
  stele::money total_amount; ///< Of everything ordered, cancelled or not; stops counting at `stele::money_max`.
  std::int64_t item_count = 0;
  stele::timestamp first_order_at;
  stele::timestamp last_order_at;
};

constexpr stele::money add(stele::money total, stele::money amount) {
  return std::min(total + amount, stele::money_max); // Both are at most 2^57: no overflow.
}

inline row project(row r, const order::order_created& e, const stele::envelope& at) {
  if (r.orders == 0) r.first_order_at = at.at;
  r.last_order_at = at.at;
  ++r.orders;
  ++r.open_orders;
  r.total_amount = add(r.total_amount, order::total_of(e.items));
  r.item_count += static_cast<std::int64_t>(e.items.size());
  return r;
}

inline row project(row r, const order::order_item_added& e) {
  r.total_amount = add(r.total_amount, order::cost(e.price, e.quantity));
  ++r.item_count;
  return r;
}

inline row project(row r, const order::order_cancelled&) {
  --r.open_orders;
  ++r.cancelled_orders;
  return r;
}

inline row project(row r, const order::order_shipped&) {
  --r.open_orders;
  ++r.shipped_orders;
  return r;
}

BOOST_DESCRIBE_STRUCT(row, (),
                      (customer_id, orders, open_orders, shipped_orders, cancelled_orders, total_amount, item_count,
                       first_order_at, last_order_at))

/// What happens to an order later belongs to the customer its first event names.
struct view : stele::keyed_view<"customer_summaries", row, order::aggregate> {
  static std::string key_of(const order::order_created& e) { return e.customer_id; }
};

} // namespace customer_view
