#include "app/gateway/acceptor.hpp"

#include <boost/asio/post.hpp>

namespace stele::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

acceptor::acceptor(io_thread& io, acceptor_rules rules, take_connection take)
    : io_(io), rules_(std::move(rules)), take_(std::move(take)),
      gate_({rules_.door, rules_.tls, rules_.handshakes_max, rules_.connects_per_minute_max}, io.dog(),
            [this](tcp::socket socket, session_ptr session, std::int64_t since_ms) {
              hand_over(std::move(socket), std::move(session), since_ms);
            }),
      acceptor_(io.context()), pause_(io.context()) {}

std::optional<std::string> acceptor::listen(const std::string& address, std::uint16_t port) {
  boost::system::error_code why;
  const auto host = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, why);
  if (why) return rules_.door + ".address is '" + address + "', wanted an IP address such as 127.0.0.1.";
  if (!host.is_loopback() && !rules_.tls)
    return rules_.door + ".address is " + address +
           ", which other machines can reach: a door that others reach needs TLS. Set " + all_of(rules_.tls_words) +
           ", or use 127.0.0.1 or ::1.";
  const tcp::endpoint endpoint{host, port};
  acceptor_.open(endpoint.protocol(), why);
  if (!why) acceptor_.set_option(tcp::acceptor::reuse_address(true), why);
  if (!why) acceptor_.bind(endpoint, why);
  if (!why) acceptor_.listen(asio::socket_base::max_listen_connections, why);
  if (why)
    return "The door of [" + rules_.door + "] can't listen on " + address + " port " + std::to_string(port) + ": " +
           why.message() + ". Choose another " + rules_.door + ".port, or 0 for any.";
  port_ = acceptor_.local_endpoint().port();
  asio::post(io_.context(), [this] { accept(); });
  return std::nullopt;
}

void acceptor::accept() {
  acceptor_.async_accept([this](boost::system::error_code why, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (!why) {
      admit(std::move(socket));
      return accept();
    }
    pause_.expires_after(std::chrono::milliseconds{50});
    pause_.async_wait([this](boost::system::error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void acceptor::admit(tcp::socket socket) {
  boost::system::error_code why;
  socket.non_blocking(true, why);
  if (!why) socket.set_option(tcp::no_delay(true), why);
  if (why) return;
  if (rules_.tls) return gate_.admit(std::move(socket));
  hand_over(std::move(socket), nullptr, steady_ms());
}

void acceptor::hand_over(tcp::socket socket, session_ptr session, std::int64_t since_ms) {
  if (!acceptor_.is_open()) return; // It was stopped during the handshake.
  auto& dog = *io_.dog();
  auto held_by = std::make_shared<leash>(socket.native_handle(), since_ms);
  if (!dog.add(held_by, rules_.connections_max)) {
    held_by->release();
    ++dog.counts.refused;
    return;
  }
  ++dog.counts.accepted;
  take_({socket.release(), std::move(held_by), std::move(session)});
}

void acceptor::stop() {
  asio::post(io_.context(), [this] {
    boost::system::error_code ignored; // Closing a listening socket loses nothing.
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

} // namespace stele::gateway
