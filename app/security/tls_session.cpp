#include "app/security/tls_session.hpp"

#include "app/security/alternative_names.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <sys/socket.h>

#include <climits>
#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace stele::security {

namespace {

// OpenSSL's own BIO for sockets raises SIGPIPE when the other end is gone, and a client lives in programs that do not
// expect that. This one does not.

int socket_of(BIO* it) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(it))); }

bool try_again() { return errno == EAGAIN || errno == EINTR; }

int write_socket(BIO* it, const char* from, int size) {
  BIO_clear_retry_flags(it);
  const auto done = ::send(socket_of(it), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (done < 0 && try_again()) BIO_set_retry_write(it);
  return static_cast<int>(done);
}

int read_socket(BIO* it, char* into, int size) {
  BIO_clear_retry_flags(it);
  const auto done = ::recv(socket_of(it), into, static_cast<std::size_t>(size), 0);
  if (done < 0 && try_again()) BIO_set_retry_read(it);
  return static_cast<int>(done);
}

// There is nothing to flush, and nothing else is known.
long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* make_quiet_socket() {
  auto* it = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stele socket");
  if (it == nullptr || BIO_meth_set_write(it, write_socket) != 1 || BIO_meth_set_read(it, read_socket) != 1 ||
      BIO_meth_set_ctrl(it, control) != 1)
    throw std::bad_alloc();
  return it;
}

BIO* bio_of(int socket) {
  static BIO_METHOD* const quiet_socket = make_quiet_socket();
  auto* it = BIO_new(quiet_socket);
  if (it == nullptr) throw std::bad_alloc();
  BIO_set_data(it, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(it, 1);
  return it;
}

// Why the last call failed. The queue of errors belongs to the thread, so nothing is left in it.
std::string last_fault(const SSL* session) {
  const auto verified = SSL_get_verify_result(session);
  const auto* why = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = why != nullptr ? why : "the other end closed the connection";
  if (verified != X509_V_OK) text += std::string(": ") + X509_verify_cert_error_string(verified);
  ERR_clear_error();
  return text;
}

int at_most_int(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

} // namespace

tls_session::tls_session(SSL_CTX* context, int socket, end which, name_list names)
    : session_(SSL_new(context), &SSL_free), names_(std::move(names)) {
  if (!session_) throw std::bad_alloc();
  auto* both_ways = bio_of(socket);
  SSL_set_bio(session_.get(), both_ways, both_ways);
  which == end::server ? SSL_set_accept_state(session_.get()) : SSL_set_connect_state(session_.get());
}

tls_session::~tls_session() = default;

tls_session::state tls_session::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_.get());
  if (result == 1) return know_peer();
  switch (SSL_get_error(session_.get(), result)) {
  case SSL_ERROR_WANT_READ:
    return state::wants_read;
  case SSL_ERROR_WANT_WRITE:
    return state::wants_write;
  default:
    return fail(last_fault(session_.get()));
  }
}

tls_session::state tls_session::know_peer() {
  const std::unique_ptr<X509, void (*)(X509*)> shown(SSL_get1_peer_certificate(session_.get()), &X509_free);
  if (!shown || SSL_get_verify_result(session_.get()) != X509_V_OK) return fail("it has shown no good certificate");
  const auto names = alternative_names(shown.get());
  const auto known = std::find_if(names.begin(), names.end(), [&](const auto& it) { return names_->count(it) != 0; });
  if (known == names.end())
    return fail("its certificate is for " + (names.empty() ? "nobody" : names.front()) + ", who is not on the list");
  peer_ = *known;
  return state::done;
}

tls_session::state tls_session::fail(std::string why) {
  fault_ = std::move(why);
  return state::failed;
}

std::ptrdiff_t tls_session::read(char* into, std::size_t size) {
  ERR_clear_error();
  const int done = SSL_read(session_.get(), into, at_most_int(size));
  if (done > 0) return done;
  const int why = SSL_get_error(session_.get(), done);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return 0;
  fault_ = last_fault(session_.get());
  return -1;
}

// Never waits for reading: the other end would have to cut a message of TLS in two, and the socket, which can be
// written to, would be tried again and again.
std::ptrdiff_t tls_session::write(const char* from, std::size_t size) {
  ERR_clear_error();
  const int done = SSL_write(session_.get(), from, at_most_int(size));
  if (done > 0) return done;
  if (SSL_get_error(session_.get(), done) == SSL_ERROR_WANT_WRITE) return 0;
  fault_ = last_fault(session_.get());
  return -1;
}

bool tls_session::has_pending() const { return SSL_pending(session_.get()) > 0; }

} // namespace stele::security
