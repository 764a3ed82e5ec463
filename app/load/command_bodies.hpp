// The bodies of the commands a load sends.
#pragma once

#include "app/load/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stele::load {

/// A line of an order.
struct order_line {
  std::uint64_t product = 0;
  std::int64_t quantity = 1;
  std::int64_t price_cents = 0;

  std::int64_t cents() const { return quantity * price_cents; }

  std::string json() const {
    const auto rest = std::to_string(price_cents % 100);
    return R"({"product_id":"p)" + std::to_string(product) + R"(","quantity":)" + std::to_string(quantity) +
           R"(,"price":)" + std::to_string(price_cents / 100) + '.' + (rest.size() == 1 ? "0" : "") + rest + '}';
  }
};

inline order_line random_line(random_words& random) {
  return {random.below(1000), static_cast<std::int64_t>(1 + random.below(5)),
          static_cast<std::int64_t>(1 + random.below(20'000))};
}

/// Of `create_order`. The customer's id needs no escaping.
inline std::string create_body(const std::string& customer, const std::vector<order_line>& lines) {
  std::string items;
  for (const auto& each : lines) items += (items.empty() ? "" : ",") + each.json();
  return R"({"customer_id":")" + customer + R"(","items":[)" + items +
         R"(],"shipping_address":{"city":"Turin","lines":["Via Po 1"]}})";
}

} // namespace stele::load
