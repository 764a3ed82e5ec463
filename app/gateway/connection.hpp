// A socket that CAF doesn't know yet, accepted or dialed.
#pragma once

#include "app/gateway/watchdog.hpp"
#include "app/security/tls_session.hpp"

#include <memory>

namespace stele::gateway {

/// Connected and non-blocking; over TLS its handshake is done.
struct connection {
  int socket = -1;
  std::shared_ptr<leash> held_by;                 ///< Counts as the connection for as long as it lives.
  std::shared_ptr<security::tls_session> session; ///< Null: plain.
};

} // namespace stele::gateway
