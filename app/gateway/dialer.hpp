// Connects to a server: name, TCP, TLS, time limit. What comes out is a socket that CAF doesn't know yet.
#pragma once

#include "app/gateway/connection.hpp"
#include "app/gateway/io_thread.hpp"
#include "app/security/caf_tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace stele::gateway {

using dialed = connection;

/// Why nobody was reached.
struct dial_failure {
  std::string why;
  bool refused = false; ///< The machine is there and nobody listens: the process is gone.
};

using dial_result = std::variant<dialed, dial_failure>;

/// Closes a connection that nobody wants any more.
void hang_up(const dialed& it);

/// Dials in a thread of its own, which also is the watchdog's of the connections made. Safe from any thread.
class dialer {
public:
  explicit dialer(std::int64_t handshake_ms_max, std::size_t connections_max = 64);

  const std::shared_ptr<watchdog>& dog() const { return io_.dog(); }

  /// `server` is `host:port`; an IPv6 address stands in brackets. Without `tls` it is plain. `done` is called once, in
  /// the dialer's thread, with the connection or with the reason, within `timeout_ms`; never, if the dialer is
  /// destroyed before.
  void dial(const std::string& server, std::int64_t timeout_ms, security::caf_tls_ptr tls,
            std::function<void(dial_result)> done);

private:
  const std::size_t connections_max_;
  io_thread io_;
};

} // namespace stele::gateway
