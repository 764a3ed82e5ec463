// What people read of an order in a list, and the questions they may ask.
#pragma once

#include "domain/kernel/query.hpp"
#include "domain/kernel/view.hpp"
#include "domain/order.hpp"

namespace order_view {

enum class status { pending, shipped, cancelled };

struct row {
  std::string order_id;
  std::string customer_id;
  order_view::status status = order_view::status::pending;
  stele::money total_amount;
  std::int64_t item_count = 0;
  stele::timestamp created_at;
  std::optional<stele::timestamp> shipped_at;
  std::uint64_t version = 0;
};

inline row project(row r, const order::order_created& e, const stele::envelope& at) {
  r.customer_id = e.customer_id;
  r.total_amount = order::total_of(e.items);
  r.item_count = static_cast<std::int64_t>(e.items.size());
  r.created_at = at.at;
  r.version = at.version;
  return r;
}

inline row project(row r, const order::order_item_added& e, const stele::envelope& at) {
  r.total_amount = r.total_amount + order::cost(e.price, e.quantity);
  ++r.item_count; // Lines, also when the product is in the order already.
  r.version = at.version;
  return r;
}

inline row project(row r, const order::order_cancelled&, const stele::envelope& at) {
  r.status = status::cancelled;
  r.version = at.version;
  return r;
}

inline row project(row r, const order::order_shipped&, const stele::envelope& at) {
  r.status = status::shipped;
  r.shipped_at = at.at;
  r.version = at.version;
  return r;
}

BOOST_DESCRIBE_ENUM(status, pending, shipped, cancelled)
BOOST_DESCRIBE_STRUCT(row, (),
                      (order_id, customer_id, status, total_amount, item_count, created_at, shipped_at, version))

struct view : stele::view<"order_views", row, order::aggregate> {
  static constexpr std::array indexes{stele::columns(&row::customer_id, &row::created_at),
                                      stele::columns(&row::status, &row::created_at), stele::columns(&row::created_at)};
};

/// The orders of one customer, the newest first.
struct orders_of_customer {
  std::string customer_id;
  std::optional<order_view::status> status;
  std::optional<std::int64_t> page, page_size;
};

inline stele::selection<view> select(const orders_of_customer& q) {
  return stele::selection<view>{}
      .where(&row::customer_id, stele::equal, q.customer_id)
      .where_if(&row::status, stele::equal, q.status)
      .order_by(&row::created_at, stele::descending)
      .page(q.page, q.page_size);
}

/// Orders that hold `q` in their id, customer or status, and pass the filters.
struct search_orders {
  std::optional<std::string> q, customer_id;
  std::optional<order_view::status> status;
  std::optional<std::string> sort_by;
  std::optional<stele::sort_order> sort_order;
  std::optional<std::int64_t> page, page_size;
};

inline constexpr auto searched = stele::columns(&row::order_id, &row::customer_id, &row::status);
inline constexpr auto sortable = stele::columns(&row::order_id, &row::customer_id, &row::status, &row::total_amount,
                                                &row::item_count, &row::created_at, &row::shipped_at, &row::version);

inline stele::selection<view> select(const search_orders& s) {
  return stele::selection<view>{}
      .any_contains(searched, s.q)
      .where_if(&row::customer_id, stele::equal, s.customer_id)
      .where_if(&row::status, stele::equal, s.status)
      .order_by_name(sortable, s.sort_by.value_or("created_at"), s.sort_order.value_or(stele::descending))
      .page(s.page, s.page_size);
}

BOOST_DESCRIBE_STRUCT(orders_of_customer, (), (customer_id, status, page, page_size))
BOOST_DESCRIBE_STRUCT(search_orders, (), (q, customer_id, status, sort_by, sort_order, page, page_size))

} // namespace order_view
