// A TLS session over a socket that belongs to somebody else: it can change its owner after the handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace stele::security {

/// Names that the other end may have.
using name_list = std::shared_ptr<const std::set<std::string>>;

/// One end of a connection. It never blocks: the socket is non-blocking. It neither closes the socket nor keeps its
/// errors where another session of the thread would find them. One thread at a time.
class tls_session {
public:
  enum class end : std::uint8_t { server, client };
  enum class state : std::uint8_t { done, wants_read, wants_write, failed };

  tls_session(ssl_ctx_st* context, int socket, end which, name_list names);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Goes on with the handshake; again when the socket is ready for what it wants. Done: the other end has a
  /// certificate that is good now, of our authority, with a name of the list.
  state shake_hands();

  const std::string& peer() const { return peer_; }   ///< That name, once it is done.
  const std::string& fault() const { return fault_; } ///< Why it failed.

  // Both answer how many bytes; 0: none for now; negative: the connection is over.
  std::ptrdiff_t read(char* into, std::size_t size);
  std::ptrdiff_t write(const char* from, std::size_t size);

  /// Bytes are decrypted and not read yet: the socket does not tell of them.
  bool has_pending() const;

private:
  state know_peer();
  state fail(std::string why);

  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
  name_list names_;
  std::string peer_, fault_;
};

} // namespace stele::security
