#include "tests/app/gateway/raw_server.hpp"

#include "app/security/tls_session.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <stdexcept>

namespace stele::test {

raw_server::raw_server(std::string says, security::tls_context tls)
    : says_(std::move(says)), tls_(std::move(tls)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(listening_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error("a raw server can't listen");
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

raw_server::~raw_server() {
  over_ = true;
  ::shutdown(listening_, SHUT_RDWR);
  thread_.join();
  ::close(listening_);
}

void raw_server::serve() {
  for (;;) {
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    talk_to(client);
    ::close(client);
  }
}

// Waits a tenth of a second at a time, so that it ends soon when the test does.
void raw_server::talk_to(int client) {
  const timeval limit{0, 100'000};
  ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  using end = security::tls_session::end;
  using state = security::tls_session::state;
  const auto names = std::make_shared<const std::set<std::string>>(std::set<std::string>{"stele://client/ada"});
  const auto session =
      tls_ ? std::make_unique<security::tls_session>(tls_->native_handle(), client, end::server, names) : nullptr;
  while (session && session->shake_hands() != state::done)
    if (over_ || !session->fault().empty()) return;
  for (std::size_t at = 0; at < says_.size();) {
    const auto left = says_.size() - at;
    const auto sent =
        session ? session->write(says_.data() + at, left) : ::send(client, says_.data() + at, left, MSG_NOSIGNAL);
    if (sent <= 0) return;
    at += static_cast<std::size_t>(sent);
  }
  ++told_;
  char bytes[4096];
  while (!over_) {
    const auto got = ::recv(client, bytes, sizeof bytes, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return;
  }
}

} // namespace stele::test
