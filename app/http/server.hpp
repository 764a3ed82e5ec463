// The HTTP server: sockets, limits and time-outs around a table of routes.
#pragma once

#include "app/http/routes.hpp"
#include "app/http/server_counters.hpp"
#include "app/http/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stele::http {

/// Serves HTTP/1.1 on threads of its own. Keep-alive and pipelining: answers leave in the order of the requests.
///
/// What the handlers refer to, such as the node, outlives the server.
class server {
public:
  server(http_settings settings, routes table, std::shared_ptr<server_counters> counters);
  ~server(); ///< Closes every connection at once; `stop` first to finish what is in work.
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Listens from now on. Nothing when it does, else a sentence: an address that is not loopback, a port in use.
  std::optional<std::string> start();

  std::uint16_t port() const;   ///< The one listened on, also when the setting says 0.
  std::string endpoint() const; ///< `127.0.0.1:8080`.

  /// Accepts nobody any more, finishes the requests in work, closes; then calls `finished`, on a thread of the server.
  /// Takes at most `answer_ms` and `write_stall_ms` together.
  void stop(std::function<void()> finished);

private:
  struct parts;
  std::shared_ptr<parts> parts_;
};

} // namespace stele::http
