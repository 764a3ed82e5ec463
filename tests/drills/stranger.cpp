#include "tests/drills/stranger.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace drill {

namespace {

sockaddr_in address(const std::string& host, int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, host.c_str(), &at.sin_addr);
  return at;
}

bool ready(int socket, short what, int limit_ms) {
  pollfd it{socket, what, 0};
  return ::poll(&it, 1, limit_ms) == 1;
}

} // namespace

stranger::stranger(int port, const std::string& from) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto me = address(from, 0), to = address("127.0.0.1", port);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&me), sizeof me) == 0 &&
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
    return;
  ::close(std::exchange(socket_, -1));
}

stranger::~stranger() {
  if (socket_ >= 0) ::close(socket_);
}

stranger::stranger(stranger&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

bool stranger::send(std::string_view bytes) {
  constexpr int stalled_ms = 1000;
  while (!bytes.empty()) {
    if (!ready(socket_, POLLOUT, stalled_ms)) return false;
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string stranger::read(int limit_ms) {
  if (socket_ < 0 || !ready(socket_, POLLIN, limit_ms)) return {};
  std::string bytes(1 << 14, '\0');
  const auto got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

bool stranger::ended(int limit_ms) {
  using clock = std::chrono::steady_clock;
  const auto until = clock::now() + std::chrono::milliseconds(limit_ms);
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
    if (socket_ < 0) return true;
    if (!ready(socket_, POLLIN, std::max(0, static_cast<int>(left)))) return false;
    if (read(0).empty()) return true;
  }
}

} // namespace drill
