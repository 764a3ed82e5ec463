// A node with its doors open, in this process.
#pragma once

#include "app/doors.hpp"
#include "app/http/order_routes.hpp"
#include "app/load/site.hpp"
#include "tests/app/order_shop.hpp"

namespace stele::load {

/// The reference domain on a store in memory. Routes of `first` stand before those of the orders, and so win.
struct served_shop : order_shop {
  explicit served_shop(
      const route_adder& first = [](http::routes&, node&, const http_settings&) {}, config with = in_memory())
      : order_shop(std::move(with)) {
    EXPECT_EQ(start(), std::nullopt);
    EXPECT_EQ(doors_.open(running_node(), settings(), {first, http::add_order_routes}), std::nullopt);
  }
  ~served_shop() {
    doors_.stop_accepting();
    doors_.close(std::chrono::seconds(1));
  }

  static endpoint read(const std::string& text) {
    const auto colon = text.rfind(':');
    return {text.substr(0, colon), static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)))};
  }
  endpoint http() const { return read(doors_.http_endpoint()); }
  far_gateways gateway() const { return {{read(doors_.gateway_endpoint())}, {}}; }

private:
  doors doors_;
};

} // namespace stele::load
