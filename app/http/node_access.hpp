// Where a node is and what a caller shows it, for everything that calls one over HTTP.
#pragma once

#include "app/security/tls.hpp"

#include <cstdint>
#include <string>

namespace stele::http {

/// `HOST:PORT`, or `https://HOST:PORT` with a context.
struct node_access {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  security::tls_context tls = nullptr; ///< Null: plain.
  std::string key = {};                ///< `stele_…`, sent with every request; empty: none.

  /// As `Host` says it and errors name it.
  std::string where() const {
    return (host.find(':') != std::string::npos ? '[' + host + ']' : host) + ':' + std::to_string(port);
  }
};

} // namespace stele::http
