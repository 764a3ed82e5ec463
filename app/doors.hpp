// The two doors of a node: HTTP and the CAF gateway, opened and closed together.
#pragma once

#include "app/config.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stele {

class node;

namespace http {
class routes;
}

/// Adds routes of a program's own.
using route_adder = std::function<void(http::routes&, node&, const http_settings&)>;

/// Open doors. The node outlives them.
class doors {
public:
  doors();
  ~doors(); ///< Closes at once.
  doors(const doors&) = delete;
  doors& operator=(const doors&) = delete;

  /// Opens both; a sentence when one can't be.
  std::optional<std::string> open(node& shop, const config& settings, const std::vector<route_adder>& adders);

  std::string http_endpoint() const;    ///< `127.0.0.1:8080`.
  std::string gateway_endpoint() const; ///< `127.0.0.1:7710`.

  void stop_accepting(); ///< Nobody new comes in; requests in work go on.

  /// Waits until what was asked is answered, at most `grace`: a query that waits for a token may have half a minute
  /// left. Then closes every connection. Drain the node first.
  void close(std::chrono::milliseconds grace);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
