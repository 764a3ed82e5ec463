#include "tests/app/http/raw_socket.hpp"

#include <gtest/gtest.h>
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace stele::http {

raw_socket::raw_socket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) ADD_FAILURE() << "can't connect";
}

raw_socket::~raw_socket() { ::close(socket_); }

void raw_socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return; // The other end has closed; reading shows it.
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void raw_socket::end_sending() { ::shutdown(socket_, SHUT_WR); }

bool raw_socket::receive() {
  pollfd ready{socket_, POLLIN, 0};
  if (::poll(&ready, 1, 10'000) != 1) {
    ADD_FAILURE() << "nothing came in ten seconds";
    return false;
  }
  std::array<char, 65536> piece;
  const auto size = ::recv(socket_, piece.data(), piece.size(), 0);
  reset_ = size < 0;
  if (size <= 0) return false;
  unread_.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

client_response raw_socket::read() {
  while (unread_.find("\r\n\r\n") == std::string::npos)
    if (!receive()) return {};
  const auto end = unread_.find("\r\n\r\n");
  client_response out;
  out.status = static_cast<unsigned>(std::stoul(unread_.substr(9, 3)));
  for (auto at = unread_.find("\r\n") + 2; at < end + 2;) {
    const auto line = unread_.substr(at, unread_.find("\r\n", at) - at);
    const auto colon = line.find(": ");
    out.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at += line.size() + 2;
  }
  unread_.erase(0, end + 4);
  const auto length = std::stoul(out.header("Content-Length").value_or("0"));
  while (unread_.size() < length)
    if (!receive()) break;
  out.body = unread_.substr(0, length);
  unread_.erase(0, length);
  return out;
}

std::string raw_socket::read_until(std::string_view end) {
  while (unread_.find(end) == std::string::npos)
    if (!receive()) return std::exchange(unread_, {});
  const auto size = unread_.find(end) + end.size();
  const auto out = unread_.substr(0, size);
  unread_.erase(0, size);
  return out;
}

bool raw_socket::at_end() { return unread_.empty() && !receive(); }

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

} // namespace stele::http
