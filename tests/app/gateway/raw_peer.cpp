#include "tests/app/gateway/raw_peer.hpp"

#include "app/gateway/protocol_codec.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <stdexcept>

namespace stele::test {

namespace {

std::uint32_t new_process() {
  static std::atomic<std::uint32_t> last{100'000};
  return ++last;
}

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

} // namespace

raw_peer::raw_peer(const raw_way& way, std::uint32_t process)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), self_(node(process ? process : new_process())) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(way.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int receive_bytes = 65536; // Little: what a test doesn't read stays with the server.
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("a raw peer can't connect");
  if (!way.tls) return;
  const auto anybody = std::make_shared<const std::set<std::string>>(std::set<std::string>{"stele://cluster/east"});
  session_ = std::make_unique<security::tls_session>(way.tls->native_handle(), socket_,
                                                     security::tls_session::end::client, anybody);
  session_->shake_hands(); // The socket blocks, so this goes as far as it gets.
}

raw_peer::~raw_peer() { ::close(socket_); }

bool raw_peer::send(const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto left = bytes.size() - at;
    const auto sent =
        session_ ? session_->write(bytes.data() + at, left) : ::send(socket_, bytes.data() + at, left, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

std::ptrdiff_t raw_peer::read_some(char* to, std::size_t size) {
  if (session_) return session_->read(to, size);
  const auto got = ::recv(socket_, to, size, 0);
  if (got == 0 || (got < 0 && errno == ECONNRESET)) return -1;
  return got < 0 ? 0 : got;
}

bool raw_peer::read(std::string& to, std::size_t size) {
  to.resize(size);
  for (std::size_t at = 0; at < size;) {
    const auto got = read_some(to.data() + at, size - at);
    if (got <= 0) return false;
    at += static_cast<std::size_t>(got);
  }
  return true;
}

std::optional<raw_peer::received> raw_peer::receive() {
  std::string bytes;
  if (!read(bytes, gateway::basp_header::size)) return std::nullopt;
  received it{gateway::read_header(bytes.data()), {}};
  if (!read(it.payload, it.header.payload_bytes)) return std::nullopt;
  return it;
}

bool raw_peer::closed() {
  char bytes[65536];
  for (;;) {
    const auto got = read_some(bytes, sizeof bytes);
    if (got <= 0) return got < 0;
  }
}

void raw_peer::send_beneath(const std::string& bytes) { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

void raw_peer::vanish() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); // Connected to nobody.
}

bool raw_peer::meet() {
  const auto hello = receive();
  if (!hello || !hello->header.is(basp_operation::server_handshake)) return false;
  const auto& payload = hello->payload;
  server_ = payload.substr(0, 32);
  std::size_t at = 33; // Behind the node id: the number of application ids, then the ids.
  for (int count = payload[32]; count > 0; --count) at += 1 + static_cast<std::size_t>(payload[at]);
  gateway_actor_ = gateway::read_number(payload.data() + at, 8);
  return true;
}

bool raw_peer::shake_hands() { return meet() && send(client_hello(self_) + client_hello(self_, 2)); }

bool raw_peer::ask(const std::string& frame, std::uint64_t number) {
  return send(test::request(frame_message(frame), number, gateway_actor_));
}

bool raw_peer::ask(const stele::request& it, std::uint64_t number) { return ask(text_of(encode_request(it)), number); }

std::optional<response> raw_peer::reply(std::uint64_t number) {
  while (const auto it = receive()) {
    if (!it->header.is(basp_operation::direct_message) || it->header.data != (reply_bit | request_bit | number))
      continue;
    const auto prefix = frame_message("").size() - 1; // All but the length, which takes 1 to 5 bytes.
    auto at = prefix;
    while (static_cast<std::uint8_t>(it->payload[at++]) & 0x80) {}
    const std::vector<std::uint8_t> bytes{it->payload.begin() + static_cast<std::ptrdiff_t>(at), it->payload.end()};
    auto decoded = decode_response(bytes);
    if (auto* good = std::get_if<response>(&decoded)) return std::move(*good);
    return std::get<refusal>(decoded);
  }
  return std::nullopt;
}

} // namespace stele::test
