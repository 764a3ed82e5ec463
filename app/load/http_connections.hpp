// Many kept connections to one HTTP server, driven by one thread.
#pragma once

#include "app/http/node_access.hpp"
#include "app/load/http_wire.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace stele::load {

/// What became of a request: a status and a body; or a status of 0, and whether the request may have had an effect.
struct http_reply {
  unsigned status = 0;
  std::string body; ///< Without a status: why there is none.
  bool sent = true;
};

/// Each connection has one request at a time; requests wait for a free one in the order they came. Connections are
/// opened when they are first needed, and anew when they were lost. Safe from any thread.
class http_connections {
public:
  /// `replaceable`: others answer in place of the server, so when one request fails those that wait fail at once.
  http_connections(http::node_access node, std::size_t count, bool replaceable = false);
  ~http_connections(); ///< Answers everything.
  http_connections(const http_connections&) = delete;
  http_connections& operator=(const http_connections&) = delete;

  /// `done` is called once, from the thread of the connections; it must not block. `after`: sent so much later.
  void send(http_request it, std::function<void(http_reply)> done, std::chrono::milliseconds after = {});

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele::load
