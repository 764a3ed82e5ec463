// A BASP peer without CAF: a socket and bytes, for those who mean harm.
#pragma once

#include "app/gateway/protocol.hpp"
#include "app/security/tls.hpp"
#include "app/security/tls_session.hpp"
#include "tests/app/gateway/basp_bytes.hpp"

#include <optional>
#include <string>

namespace stele::test {

/// Where a gateway listens, and over TLS with what.
struct raw_way {
  raw_way(std::uint16_t where, security::tls_context with = nullptr) : port(where), tls(std::move(with)) {}
  std::uint16_t port;
  security::tls_context tls; ///< Null: plain.
};

/// Connects on construction, and over TLS shakes hands as far as it gets. Every wait ends after five seconds.
class raw_peer {
public:
  struct received {
    gateway::basp_header header;
    std::string payload;
  };

  explicit raw_peer(const raw_way& way, std::uint32_t process = 0); ///< A process of 0: a new one.
  ~raw_peer();
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;

  bool send(const std::string& bytes); ///< False: the other side has closed.
  std::optional<received> receive();   ///< Nothing: closed, or silent for too long.
  bool closed();                       ///< Reads until the end; false when the end does not come.

  std::string fault() const { return session_ ? session_->fault() : ""; } ///< What TLS has to say about the end.

  void send_beneath(const std::string& bytes); ///< Past TLS, into its own bytes.

  void vanish();      ///< Closes the connection as a machine does that crashed: at once, without a word.
  bool meet();        ///< Reads the server's handshake.
  bool shake_hands(); ///< `meet`, then both handshakes of a client.

  /// Sends a frame to the gateway as request `number`.
  bool ask(const std::string& frame, std::uint64_t number);
  bool ask(const stele::request& it, std::uint64_t number);

  /// The response to request `number`; skips what isn't one.
  std::optional<response> reply(std::uint64_t number);

  const std::string& self() const { return self_; }     ///< Our node id.
  const std::string& server() const { return server_; } ///< The gateway's node id.
  std::uint64_t gateway_actor() const { return gateway_actor_; }

private:
  std::ptrdiff_t read_some(char* to, std::size_t size); ///< 0: nothing came; negative: closed.
  bool read(std::string& to, std::size_t size);

  int socket_;
  std::unique_ptr<security::tls_session> session_;
  std::string self_, server_;
  std::uint64_t gateway_actor_ = 0;
};

} // namespace stele::test
