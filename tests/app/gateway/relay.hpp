// Stands between a client and a server, and lets a test cut the wire.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace stele::test {

/// Accepts on a port of its own and passes bytes both ways, until `cut`.
class relay {
public:
  explicit relay(std::uint16_t to);
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t connections() const; ///< Accepted so far.
  void cut();                      ///< Ends all connections. New ones are accepted.
  void fall_silent();              ///< No byte passes any more; connections stay, and new ones are made.

private:
  struct wire;
  void accept();

  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t to_, port_;
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<wire>> wires_;
  std::size_t connections_ = 0;
  std::thread thread_;
};

} // namespace stele::test
