#include "app/gateway/dialer.hpp"

#include "app/gateway/tls_handshake.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

#include <utility>

namespace stele::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::int64_t partial_frame_ms_max = 5000;

/// `host:port` in two parts; both empty when it is something else.
std::pair<std::string, std::string> split(std::string_view server) {
  const auto colon = server.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == server.size()) return {};
  auto host = server.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {std::string{host}, std::string{server.substr(colon + 1)}};
}

/// One call, alive until it has ended.
struct call : std::enable_shared_from_this<call> {
  call(asio::io_context& io, std::string where, security::caf_tls_ptr with, std::shared_ptr<watchdog> it,
       std::size_t most, std::function<void(dial_result)> then)
      : resolver(io), socket(io), limit(io), server(std::move(where)), tls(std::move(with)), dog(std::move(it)),
        connections_max(most), done(std::move(then)) {}

  void start(std::int64_t timeout_ms) {
    const auto [host, port] = split(server);
    if (host.empty()) return fail("wanted host:port, as 127.0.0.1:7710");
    limit.expires_after(std::chrono::milliseconds{timeout_ms});
    limit.async_wait([self = shared_from_this(), timeout_ms](boost::system::error_code cancelled) {
      if (!cancelled) self->fail("no connection within " + std::to_string(timeout_ms) + " ms");
    });
    resolver.async_resolve(host, port, [self = shared_from_this()](boost::system::error_code why, auto endpoints) {
      if (why) return self->fail(why.message());
      asio::async_connect(
          self->socket, endpoints,
          [self](boost::system::error_code last, const tcp::endpoint&) {
            self->note(last);
            return true;
          },
          [self](boost::system::error_code failed, const tcp::endpoint&) {
            self->note(failed);
            failed ? self->fail(failed.message(), self->refused_by_all) : self->connected();
          });
    });
  }

  void connected() {
    if (!done) return;
    if (is_myself()) return fail("nobody listens", true);
    boost::system::error_code why;
    socket.non_blocking(true, why);
    if (!why) socket.set_option(tcp::no_delay(true), why);
    if (why) return fail(why.message());
    if (!tls) return succeed();
    session = tls->connect(socket.native_handle());
    shake_hands(socket, *session, [self = shared_from_this()](const std::optional<std::string>& failed) {
      failed ? self->fail("TLS: " + *failed) : self->succeed();
    });
  }

  void succeed() {
    if (!done) return;
    auto held_by = std::make_shared<leash>(socket.native_handle(), steady_ms());
    if (!dog->add(held_by, connections_max)) {
      held_by->release();
      return fail("it would be one connection more than " + std::to_string(connections_max));
    }
    limit.cancel();
    std::exchange(done, nullptr)(dialed{socket.release(), std::move(held_by), std::move(session)});
  }

  /// A port that nobody listens on may become the socket's own, and TCP then connects it to itself.
  bool is_myself() const {
    boost::system::error_code ignored; // Then both are empty, and this was no connection.
    return socket.local_endpoint(ignored) == socket.remote_endpoint(ignored);
  }

  /// A name may stand for several addresses.
  void note(boost::system::error_code how) {
    if (how && how != asio::error::connection_refused) refused_by_all = false;
  }

  void fail(const std::string& why, bool refused = false) {
    if (!done) return;
    limit.cancel();
    resolver.cancel();
    boost::system::error_code ignored; // A socket that never was connected has nothing to lose.
    socket.close(ignored);
    std::exchange(done, nullptr)(dial_failure{"Can't connect to " + server + ": " + why + ".", refused});
  }

  tcp::resolver resolver;
  tcp::socket socket;
  asio::steady_timer limit;
  std::string server;
  security::caf_tls_ptr tls;
  std::shared_ptr<security::tls_session> session;
  std::shared_ptr<watchdog> dog;
  const std::size_t connections_max;
  bool refused_by_all = true;
  std::function<void(dial_result)> done; ///< Empty: called already.
};

} // namespace

void hang_up(const dialed& it) {
  it.held_by->release();
  ::close(it.socket);
}

dialer::dialer(std::int64_t handshake_ms_max, std::size_t connections_max)
    : connections_max_(connections_max), io_(std::make_shared<watchdog>(handshake_ms_max, partial_frame_ms_max)) {}

void dialer::dial(const std::string& server, std::int64_t timeout_ms, security::caf_tls_ptr tls,
                  std::function<void(dial_result)> done) {
  auto it = std::make_shared<call>(io_.context(), server, std::move(tls), io_.dog(), connections_max_, std::move(done));
  asio::post(io_.context(), [it, timeout_ms] { it->start(timeout_ms); });
}

} // namespace stele::gateway
