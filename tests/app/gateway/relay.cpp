#include "tests/app/gateway/relay.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace stele::test {

namespace asio = boost::asio;
using asio::ip::tcp;

struct relay::wire : std::enable_shared_from_this<wire> {
  wire(tcp::socket from, asio::io_context& io) : client(std::move(from)), server(io) {}

  void start(std::uint16_t to) {
    boost::system::error_code why;
    server.connect({asio::ip::address_v4::loopback(), to}, why);
    if (why) return close();
    pass(client, server, up);
    pass(server, client, down);
  }

  void pass(tcp::socket& from, tcp::socket& to, std::array<char, 32768>& bytes) {
    from.async_read_some(
        asio::buffer(bytes), [&, self = shared_from_this()](boost::system::error_code why, std::size_t size) {
          if (why) return close();
          asio::async_write(to, asio::buffer(bytes, size), [&, self](boost::system::error_code failed, std::size_t) {
            failed ? close() : pass(from, to, bytes);
          });
        });
  }

  void close() {
    boost::system::error_code ignored; // The wire is cut on purpose.
    client.close(ignored);
    server.close(ignored);
  }

  tcp::socket client, server;
  std::array<char, 32768> up{}, down{};
};

relay::relay(std::uint16_t to)
    : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), to_(to), port_(acceptor_.local_endpoint().port()) {
  accept();
  thread_ = std::thread{[this] { io_.run(); }};
}

relay::~relay() { fall_silent(); }

void relay::fall_silent() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void relay::accept() {
  acceptor_.async_accept([this](boost::system::error_code why, tcp::socket socket) {
    if (why) return;
    auto it = std::make_shared<wire>(std::move(socket), io_);
    {
      std::lock_guard lock{mutex_};
      wires_.push_back(it);
      ++connections_;
    }
    it->start(to_);
    accept();
  });
}

std::size_t relay::connections() const {
  std::lock_guard lock{mutex_};
  return connections_;
}

void relay::cut() {
  asio::post(io_, [this] {
    std::lock_guard lock{mutex_};
    for (const auto& place : wires_)
      if (const auto it = place.lock()) it->close();
    wires_.clear();
  });
}

} // namespace stele::test
