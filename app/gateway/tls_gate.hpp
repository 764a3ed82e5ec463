// Shakes hands with who connects, and lets through whom it knows. Strangers take no place of those who are in.
#pragma once

#include "app/gateway/connect_budget.hpp"
#include "app/gateway/watchdog.hpp"
#include "app/security/caf_tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace stele::gateway {

struct tls_gate_rules {
  std::string door; ///< What log lines call it.
  security::caf_tls_ptr tls;
  std::size_t handshakes_max = 64;          ///< Under way; more are closed at once.
  std::size_t connects_per_minute_max = 60; ///< Of one name; more are closed after the handshake.
};

/// Lives in the thread of an io_thread, which is stopped before this is destroyed.
class tls_gate {
public:
  /// Somebody who is known; connected since `since_ms`.
  using let_in =
      std::function<void(boost::asio::ip::tcp::socket, std::shared_ptr<security::tls_session>, std::int64_t since_ms)>;

  /// Handshakes end within the watchdog's limit; its counters are used.
  tls_gate(tls_gate_rules rules, std::shared_ptr<watchdog> dog, let_in known);

  void admit(boost::asio::ip::tcp::socket socket); ///< Non-blocking.

private:
  struct handshake;
  void ended(handshake& it, const std::optional<std::string>& why);
  void refuse(const handshake& it, const std::string& why);

  const tls_gate_rules rules_;
  const std::shared_ptr<watchdog> dog_;
  const let_in known_;
  connect_budget budget_;
  std::size_t under_way_ = 0;
  std::int64_t next_line_ms_ = 0; ///< Strangers must not fill the log: a line a second.
};

} // namespace stele::gateway
