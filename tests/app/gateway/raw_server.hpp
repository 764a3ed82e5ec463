// A server without CAF that says what a test tells it to, to a client that dials it.
#pragma once

#include "app/security/tls.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace stele::test {

/// Listens on a port of its own. Each who connects is told the same, and then listened to until the end.
class raw_server {
public:
  raw_server(std::string says, security::tls_context tls); ///< Without `tls`: plain.
  ~raw_server();
  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t told() const { return told_; } ///< Clients that were told all of it.

private:
  void serve();
  void talk_to(int client);

  const std::string says_;
  const security::tls_context tls_;
  int listening_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> told_{0};
  std::thread thread_;
};

} // namespace stele::test
