// Listens, and hands over connections: limits are held, and over TLS the handshake is done, before CAF hears of one.
#pragma once

#include "app/gateway/connection.hpp"
#include "app/gateway/io_thread.hpp"
#include "app/gateway/tls_gate.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stele::gateway {

/// Takes a connection, in the thread of the acceptor.
using take_connection = std::function<void(connection)>;

struct acceptor_rules {
  std::string door;                 ///< Its section of the settings: `gateway`.
  std::size_t connections_max = 64; ///< That are in; more are closed at once.

  // Over TLS.
  security::caf_tls_ptr tls;         ///< Null: plain, and loopback only.
  security::caf_tls_words tls_words; ///< For a sentence about what is missing.
  std::size_t handshakes_max = 64;
  std::size_t connects_per_minute_max = 60;
};

/// Accepts connections in the thread of `io`, which is stopped before this is destroyed and destroyed after.
class acceptor {
public:
  acceptor(io_thread& io, acceptor_rules rules, take_connection take);

  /// Nothing, or a sentence: an address that others can reach and no TLS, a port that is taken.
  std::optional<std::string> listen(const std::string& address, std::uint16_t port);

  std::uint16_t port() const { return port_; }

  void stop(); ///< Accepts nobody any more. Any thread.

private:
  using session_ptr = std::shared_ptr<security::tls_session>;

  void accept();
  void admit(boost::asio::ip::tcp::socket socket);
  void hand_over(boost::asio::ip::tcp::socket socket, session_ptr session, std::int64_t since_ms);

  io_thread& io_;
  const acceptor_rules rules_;
  take_connection take_;
  tls_gate gate_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_; ///< After a failed accept (out of descriptors), so that the loop doesn't spin.
  std::uint16_t port_ = 0;
};

} // namespace stele::gateway
