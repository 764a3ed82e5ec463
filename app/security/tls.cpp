#include "app/security/tls.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace stele::security {

namespace ssl = boost::asio::ssl;
using error_code = boost::system::error_code;

namespace {

constexpr unsigned not_the_owner = 0077;

// What a stranger may make us hold; a certificate of `stele certs` has 700 bytes.
constexpr long caf_chain_bytes_max = 16'384;

// Of TLS 1.2; those of 1.3 are all good.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

std::optional<fault> failed(const std::string& file, const std::string& what, const error_code& why) {
  return fault{file + ": " + what + ": " + why.message()};
}

std::string date_text(const ASN1_TIME* at) {
  BIO* out = BIO_new(BIO_s_mem());
  ASN1_TIME_print(out, at);
  std::array<char, 64> text{};
  BIO_read(out, text.data(), static_cast<int>(text.size() - 1));
  BIO_free(out);
  return text.data();
}

std::optional<fault> set_up(ssl::context& it) {
  auto* raw = it.native_handle();
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1 && SSL_CTX_set_cipher_list(raw, ciphers) == 1)
    return std::nullopt;
  ERR_clear_error();
  return fault{"OpenSSL does not know TLS 1.2 with ECDHE and AES-GCM; install an OpenSSL that does"};
}

// A session changes its owner and its thread, and what it writes may move between two tries. After each record it lets
// go, so that messages of TLS itself, however many come, never keep a thread.
std::optional<fault> set_up_for_caf(SSL_CTX* raw) {
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_clear_mode(raw, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_max_cert_list(raw, caf_chain_bytes_max);
  if (SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION) == 1 && SSL_CTX_set_num_tickets(raw, 0) == 1)
    return std::nullopt;
  ERR_clear_error();
  return fault{"OpenSSL does not know TLS 1.3; install an OpenSSL that does"};
}

std::optional<fault> check_dates(const std::string& file, const X509* certificate) {
  const auto *begin = X509_get0_notBefore(certificate), *end = X509_get0_notAfter(certificate);
  if (X509_cmp_current_time(begin) > 0)
    return fault{file + ": the certificate is valid from " + date_text(begin) + " on; set the clock, or wait"};
  if (X509_cmp_current_time(end) > 0) return std::nullopt;
  return fault{file + ": the certificate expired on " + date_text(end) + "; make a new one with 'stele certs'"};
}

// The certificate of this end and its key.
std::optional<fault> show(ssl::context& it, const std::string& certificate, const std::string& key) {
  error_code why;
  if (auto wrong = check_private(key, not_the_owner)) return wrong;
  it.use_certificate_chain_file(certificate, why);
  if (why) return failed(certificate, "wanted a certificate in PEM", why);
  it.use_private_key_file(key, ssl::context::pem, why);
  if (why) return failed(key, "wanted the private key of " + certificate + " in PEM", why);
  return check_dates(certificate, SSL_CTX_get0_certificate(it.native_handle()));
}

} // namespace

secured<tls_context> make_server_tls(const server_files& from) {
  auto it = std::make_shared<ssl::context>(ssl::context::tls_server);
  if (auto wrong = set_up(*it)) return *wrong;
  if (auto wrong = show(*it, from.certificate, from.private_key)) return *wrong;
  if (from.client_authority.empty()) return it;
  error_code why;
  it->load_verify_file(from.client_authority, why);
  if (why) return *failed(from.client_authority, "wanted the certificate of an authority in PEM", why);
  it->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, why);
  if (why) return *failed(from.client_authority, "can't be used", why);
  return it;
}

secured<tls_context> make_client_tls(const client_files& from) {
  auto it = std::make_shared<ssl::context>(ssl::context::tls_client);
  if (auto wrong = set_up(*it)) return *wrong;
  error_code why;
  if (from.authority.empty())
    it->set_default_verify_paths(why);
  else
    it->load_verify_file(from.authority, why);
  if (why) return *failed(from.authority, "wanted the certificate of an authority in PEM", why);
  it->set_verify_mode(ssl::verify_peer, why);
  if (why) return *failed(from.authority, "can't be used", why);
  if (from.certificate.empty()) return it;
  if (auto wrong = show(*it, from.certificate, from.private_key)) return *wrong;
  return it;
}

secured<tls_context> make_caf_context(const caf_tls_files& from) {
  auto it = std::make_shared<ssl::context>(ssl::context::tls);
  if (auto wrong = set_up(*it)) return *wrong;
  if (auto wrong = set_up_for_caf(it->native_handle())) return *wrong;
  if (auto wrong = show(*it, from.certificate, from.private_key)) return *wrong;
  error_code why;
  it->load_verify_file(from.authority, why);
  if (!why) it->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, why);
  if (why) return *failed(from.authority, "wanted the certificate of an authority in PEM", why);
  return it;
}

bool expect_host(SSL* connection, const std::string& host) {
  error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  if (!no_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1;
  SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(connection, host.c_str()) == 1 && SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
}

} // namespace stele::security
