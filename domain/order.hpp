// Orders: what may be asked of them, what happens to them, and by which rules.
#pragma once

#include "domain/kernel/aggregate.hpp"

#include <optional>
#include <string>
#include <vector>

namespace order {

// clang-format off
struct item { std::string product_id; std::int64_t quantity = 0; stele::money price; };

// Commands: what may be asked.
struct create_order { std::string customer_id; std::vector<item> items; stele::json_object shipping_address; };
struct add_order_item { std::string product_id; std::int64_t quantity = 0; stele::money price; };
struct cancel_order { std::string reason; };
struct ship_order {};
using command = std::variant<create_order, add_order_item, cancel_order, ship_order>;

// Events: what became true. They are stored for ever, so fields are added, never renamed.
struct order_created { std::string customer_id; std::vector<item> items; stele::json_object shipping_address; };
struct order_item_added { std::string product_id; std::int64_t quantity = 0; stele::money price; };
struct order_cancelled { std::string reason; };
struct order_shipped {};
using event = std::variant<order_created, order_item_added, order_cancelled, order_shipped>;

// State: what the rules below need to know, and what the details of an order show.
enum class order_status { none, pending, shipped, cancelled };
struct state {
  order_status status = order_status::none; std::string customer_id; stele::money total_amount;
  std::vector<item> items; stele::json_object shipping_address; std::optional<std::string> reason;
};
// clang-format on

using decision = stele::decision<event>;

inline constexpr std::int64_t quantity_max = 1'000'000;
inline constexpr stele::money price_max = stele::cents(100'000'000'000);

/// What an item costs. Can't overflow: the largest price times the largest quantity is 10^17 cents.
constexpr stele::money cost(const stele::money& price, std::int64_t quantity) { return price * quantity; }

constexpr stele::money total_of(const std::vector<item>& items) {
  stele::money total;
  for (const item& each : items) total = total + cost(each.price, each.quantity);
  return total;
}

// Rules: one `decide` for each command.

/// Nothing wrong with a line of an order; `at` is the JSON pointer of what holds it.
inline std::optional<stele::denial> check_line(const std::string& product_id, std::int64_t quantity, stele::money price,
                                               const std::string& at) {
  if (product_id.empty())
    return stele::invalid("empty_product_id", "An item needs a product_id; found an empty one.", at + "/product_id");
  if (quantity < 1 || quantity > quantity_max)
    return stele::invalid("bad_quantity",
                          "The quantity of an item is 1 to 1000000; found " + std::to_string(quantity) + ".",
                          at + "/quantity");
  if (price < stele::money{} || price > price_max)
    return stele::invalid("bad_price", "The price of an item is 0 to 1000000000.", at + "/price");
  return std::nullopt;
}

inline stele::denial total_too_large(const std::string& at) {
  return stele::invalid("total_too_large", "The total of an order is at most 2^53 cents (90071992547409.92).", at);
}

inline decision decide(const state& s, const create_order& c) {
  if (c.customer_id.empty())
    return stele::invalid("empty_customer_id", "An order needs a customer_id; found an empty one.", "/customer_id");
  if (c.items.empty()) return stele::invalid("empty_order", "An order needs at least one item.", "/items");
  stele::money total;
  for (std::size_t i = 0; i < c.items.size(); ++i) {
    const item& each = c.items[i];
    if (auto wrong = check_line(each.product_id, each.quantity, each.price, "/items/" + std::to_string(i)))
      return *wrong;
    total = total + cost(each.price, each.quantity); // Both are below 2^57: no overflow before the check.
    if (total > stele::money_max) return total_too_large("/items");
  }
  if (s.status != order_status::none)
    return stele::reject("order_exists", "An order with this id exists already; choose another id.");
  return order_created{c.customer_id, c.items, c.shipping_address};
}

/// Why an order that isn't pending refuses a change.
inline std::optional<stele::denial> check_pending(const state& s) {
  switch (s.status) {
  case order_status::none:
    return stele::not_found("unknown_order", "There is no order with this id.");
  case order_status::shipped:
    return stele::reject("already_shipped", "The order has been shipped; it can't change.");
  case order_status::cancelled:
    return stele::reject("already_cancelled", "The order has been cancelled; it can't change.");
  case order_status::pending:
    break;
  }
  return std::nullopt;
}

inline decision decide(const state& s, const add_order_item& c) {
  if (auto wrong = check_line(c.product_id, c.quantity, c.price, "")) return *wrong;
  if (auto no = check_pending(s)) return *no;
  if (s.total_amount + cost(c.price, c.quantity) > stele::money_max) return total_too_large("");
  return order_item_added{c.product_id, c.quantity, c.price};
}

inline decision decide(const state& s, const cancel_order& c) {
  if (c.reason.empty()) return stele::invalid("empty_reason", "A cancellation needs a reason.", "/reason");
  if (auto no = check_pending(s)) return *no;
  return order_cancelled{c.reason};
}

inline decision decide(const state& s, const ship_order&) {
  if (auto no = check_pending(s)) return *no;
  return order_shipped{};
}

// History: one `evolve` for each event. It can't refuse: the event has happened.

inline state evolve(state, const order_created& e) {
  return {order_status::pending, e.customer_id, total_of(e.items), e.items, e.shipping_address, std::nullopt};
}

inline state evolve(state s, const order_item_added& e) {
  s.items.push_back({e.product_id, e.quantity, e.price});
  s.total_amount = s.total_amount + cost(e.price, e.quantity);
  return s;
}

inline state evolve(state s, const order_cancelled& e) {
  s.status = order_status::cancelled;
  s.reason = e.reason;
  return s;
}

inline state evolve(state s, const order_shipped&) {
  s.status = order_status::shipped;
  return s;
}

BOOST_DESCRIBE_ENUM(order_status, none, pending, shipped, cancelled)
BOOST_DESCRIBE_STRUCT(item, (), (product_id, quantity, price))
BOOST_DESCRIBE_STRUCT(create_order, (), (customer_id, items, shipping_address))
BOOST_DESCRIBE_STRUCT(add_order_item, (), (product_id, quantity, price))
BOOST_DESCRIBE_STRUCT(cancel_order, (), (reason))
BOOST_DESCRIBE_STRUCT(ship_order, (), ())
BOOST_DESCRIBE_STRUCT(order_created, (), (customer_id, items, shipping_address))
BOOST_DESCRIBE_STRUCT(order_item_added, (), (product_id, quantity, price))
BOOST_DESCRIBE_STRUCT(order_cancelled, (), (reason))
BOOST_DESCRIBE_STRUCT(order_shipped, (), ())
BOOST_DESCRIBE_STRUCT(state, (), (status, customer_id, total_amount, items, shipping_address, reason))

using aggregate = stele::aggregate<"order", state, command, event>;

} // namespace order
