#include "tests/kit/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace stele::kit {

namespace {

constexpr int look_ms = 20;

sockaddr_in loopback(int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  return at;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// What is there; empty: the other side has gone.
std::string receive_some(int socket) {
  std::string bytes(1 << 16, '\0');
  const auto got = ::recv(socket, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

void close_one(int& socket) {
  if (socket >= 0) ::close(std::exchange(socket, -1));
}

} // namespace

tcp_proxy::tcp_proxy(int to_port) : to_port_(to_port), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error("the proxy can't listen");
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { run(); });
}

tcp_proxy::~tcp_proxy() {
  closed_ = true;
  thread_.join();
  for (line& it : lines_) close_one(it.client), close_one(it.server);
  close_one(held_server_);
  close_one(listener_);
}

void tcp_proxy::next(mishap what, std::string marked) {
  std::lock_guard lock(mutex_);
  mishap_ = what;
  marked_ = std::move(marked);
}

void tcp_proxy::release() {
  std::lock_guard lock(mutex_);
  if (held_server_ < 0 || !send_all(held_server_, held_)) throw std::runtime_error("nothing was held back");
  pollfd answer{held_server_, POLLIN, 0};
  if (::poll(&answer, 1, 10'000) != 1) throw std::runtime_error("the server did not answer what was held back");
  close_one(held_server_);
}

void tcp_proxy::run() {
  while (!closed_) {
    std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
    for (const line& it : lines_) sockets.insert(sockets.end(), {{it.client, POLLIN, 0}, {it.server, POLLIN, 0}});
    if (::poll(sockets.data(), sockets.size(), look_ms) <= 0) continue;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      line& it = lines_[i];
      const bool fine = (sockets[2 * i + 1].revents == 0 || forward_request(it)) &&
                        (it.server < 0 || sockets[2 * i + 2].revents == 0 || forward_answer(it));
      if (!fine) close_one(it.client), close_one(it.server);
    }
    std::erase_if(lines_, [](const line& it) { return it.client < 0; });
    if (sockets[0].revents != 0) accept_one();
  }
}

void tcp_proxy::accept_one() {
  line it{::accept(listener_, nullptr, nullptr), ::socket(AF_INET, SOCK_STREAM, 0), false};
  const sockaddr_in at = loopback(to_port_);
  if (::connect(it.server, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0)
    lines_.push_back(it);
  else
    close_one(it.client), close_one(it.server);
}

/// False: the line is to be closed.
bool tcp_proxy::forward_request(line& it) {
  const std::string bytes = receive_some(it.client);
  if (bytes.empty()) return false;
  std::lock_guard lock(mutex_);
  if (mishap_ == mishap::none || bytes.find(marked_) == std::string::npos) return send_all(it.server, bytes);
  const mishap what = std::exchange(mishap_, mishap::none);
  if (what == mishap::cut_after) return it.drop_answer = send_all(it.server, bytes);
  if (what == mishap::hold_back) {
    held_ = bytes;
    held_server_ = std::exchange(it.server, -1);
  }
  return false;
}

bool tcp_proxy::forward_answer(line& it) {
  const std::string bytes = receive_some(it.server);
  return !bytes.empty() && !it.drop_answer && send_all(it.client, bytes);
}

} // namespace stele::kit
