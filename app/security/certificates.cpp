#include "app/security/certificates.hpp"

#include "app/security/secret.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace stele::security {

namespace {

struct deleter {
  void operator()(X509* it) const { X509_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(BIO* it) const { BIO_free(it); }
  void operator()(BIGNUM* it) const { BN_free(it); }
  void operator()(X509_EXTENSION* it) const { X509_EXTENSION_free(it); }
};
template <class T>
using owned = std::unique_ptr<T, deleter>;

fault failed(const std::string& what) {
  const auto* why = ERR_reason_error_string(ERR_peek_last_error());
  fault it{"can't make " + what + ": " + (why ? why : "OpenSSL does not say why")};
  ERR_clear_error();
  return it;
}

owned<BIO> reading(const std::string& text) {
  return owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* from) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(from, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::optional<identity> to_pem(X509* certificate, EVP_PKEY* key) {
  const owned<BIO> first(BIO_new(BIO_s_mem())), second(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(first.get(), certificate) != 1) return std::nullopt;
  if (PEM_write_bio_PKCS8PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) return std::nullopt;
  return identity{text_of(first.get()), text_of(second.get())};
}

// 127 bits that nobody can foresee.
bool set_serial(X509* it) {
  auto bytes = random_bytes(16);
  bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  const owned<BIGNUM> number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 16, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(it)) != nullptr;
}

bool set_name(X509* it, const std::string& name) {
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

bool extend(X509* it, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, it, nullptr, nullptr, 0);
  const owned<X509_EXTENSION> made(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return made && X509_add_ext(it, made.get(), -1) == 1;
}

owned<X509> begin(const std::string& name, EVP_PKEY* key, validity when) {
  owned<X509> it(X509_new());
  const bool good = it && X509_set_version(it.get(), X509_VERSION_3) == 1 && set_serial(it.get()) &&
                    set_name(it.get(), name) && X509_set_pubkey(it.get(), key) == 1 &&
                    ASN1_TIME_set(X509_getm_notBefore(it.get()), when.from) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(it.get()), when.to) != nullptr;
  return good ? std::move(it) : nullptr;
}

bool sign(X509* it, const X509* issuer, EVP_PKEY* key) {
  return X509_set_issuer_name(it, X509_get_subject_name(issuer)) == 1 && X509_sign(it, key, EVP_sha256()) != 0;
}

std::string alternative_names(const std::string& name, const std::vector<std::string>& names, purpose what) {
  std::string all = std::string("URI:stele://") + (what == purpose::node ? "cluster/" : "client/") + name;
  for (const auto& each : names) {
    boost::system::error_code no_address;
    boost::asio::ip::make_address(each, no_address);
    all += (no_address ? ",DNS:" : ",IP:") + each;
  }
  return all;
}

bool extend_identity(X509* it, X509* issuer, const std::string& alternatives, purpose what) {
  return extend(it, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         extend(it, issuer, NID_key_usage, "critical,digitalSignature") &&
         extend(it, issuer, NID_ext_key_usage, what == purpose::node ? "serverAuth,clientAuth" : "clientAuth") &&
         extend(it, issuer, NID_subject_key_identifier, "hash") &&
         extend(it, issuer, NID_authority_key_identifier, "keyid:always") &&
         extend(it, issuer, NID_subject_alt_name, alternatives);
}

} // namespace

secured<identity> make_authority(const std::string& name, validity when) {
  const owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const auto it = key ? begin(name, key.get(), when) : nullptr;
  if (!it || !extend(it.get(), it.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !extend(it.get(), it.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !extend(it.get(), it.get(), NID_subject_key_identifier, "hash") || !sign(it.get(), it.get(), key.get()))
    return failed("the authority " + name);
  if (auto pem = to_pem(it.get(), key.get())) return *pem;
  return failed("the authority " + name);
}

secured<identity> make_identity(const identity& authority, const std::string& name,
                                const std::vector<std::string>& names, purpose what, validity when) {
  const owned<X509> issuer(PEM_read_bio_X509(reading(authority.certificate).get(), nullptr, nullptr, nullptr));
  const owned<EVP_PKEY> signing(
      PEM_read_bio_PrivateKey(reading(authority.private_key).get(), nullptr, nullptr, nullptr));
  if (!issuer || !signing) return failed("a certificate for " + name + ", the authority can't be read");
  const owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const auto it = key ? begin(name, key.get(), when) : nullptr;
  if (!it || !extend_identity(it.get(), issuer.get(), alternative_names(name, names, what), what) ||
      !sign(it.get(), issuer.get(), signing.get()))
    return failed("a certificate for " + name);
  if (auto pem = to_pem(it.get(), key.get())) return *pem;
  return failed("a certificate for " + name);
}

} // namespace stele::security
