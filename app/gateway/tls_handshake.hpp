// The TLS handshake of a socket, in the thread of its io_context, without ever holding that thread.
#pragma once

#include "app/security/tls_session.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <optional>
#include <string>

namespace stele::gateway {

/// Nothing, or why it failed.
using handshake_done = std::function<void(std::optional<std::string>)>;

/// Calls `done` once, maybe at once. `socket` is non-blocking; it and `session` live as long as `done`. To end it
/// early, as after a time limit, close the socket.
inline void shake_hands(boost::asio::ip::tcp::socket& socket, security::tls_session& session, handshake_done done) {
  using state = security::tls_session::state;
  const auto now = session.shake_hands();
  if (now == state::done) return done(std::nullopt);
  if (now == state::failed) return done(session.fault());
  const auto wanted = now == state::wants_read ? socket.wait_read : socket.wait_write;
  socket.async_wait(wanted, [&socket, &session, then = std::move(done)](boost::system::error_code why) mutable {
    if (why) return then(why.message());
    shake_hands(socket, session, std::move(then));
  });
}

} // namespace stele::gateway
