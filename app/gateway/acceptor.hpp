// Listens, and hands over sockets: limits are held before CAF hears of a connection.
#pragma once

#include "app/gateway/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stele::gateway {

/// Takes a connected, non-blocking socket and the leash that counts as its connection for as long as it lives.
using take_connection = std::function<void(int socket, std::shared_ptr<leash>)>;

/// Accepts connections on a loopback address, in the thread of `io`, which is stopped before this is destroyed and
/// destroyed after.
class acceptor {
public:
  acceptor(io_thread& io, std::size_t connections_max, take_connection take);

  /// Nothing, or a sentence: the address is not a loopback address, the port is taken. `section` of the configuration
  /// is what the sentence speaks of.
  std::optional<std::string> listen(const std::string& address, std::uint16_t port, const std::string& section);

  std::uint16_t port() const { return port_; }

  void stop(); ///< Accepts nobody any more. Any thread.

private:
  void accept();
  void admit(boost::asio::ip::tcp::socket socket);

  io_thread& io_;
  const std::size_t connections_max_;
  take_connection take_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_; ///< After a failed accept (out of descriptors), so that the loop doesn't spin.
  std::uint16_t port_ = 0;
};

} // namespace stele::gateway
