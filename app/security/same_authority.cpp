#include "app/security/same_authority.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace stele::security {

namespace {

using certificate = std::unique_ptr<X509, void (*)(X509*)>;

secured<std::vector<certificate>> certificates_of(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return text.error();
  const std::unique_ptr<BIO, int (*)(BIO*)> in(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())),
                                               &BIO_free);
  std::vector<certificate> all;
  while (X509* next = in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr)
    all.emplace_back(next, &X509_free);
  ERR_clear_error(); // The end of the text is an error, too.
  if (all.empty()) return fault{file + ": wanted the certificate of an authority in PEM"};
  return all;
}

bool have_one_key(const certificate& one, const certificate& other) {
  return EVP_PKEY_eq(X509_get0_pubkey(one.get()), X509_get0_pubkey(other.get())) == 1;
}

} // namespace

secured<bool> same_authority(const std::string& one_file, const std::string& other_file) {
  const auto ones = certificates_of(one_file);
  if (!ones) return ones.error();
  const auto others = certificates_of(other_file);
  if (!others) return others.error();
  return std::any_of(ones->begin(), ones->end(), [&](const auto& one) {
    return std::any_of(others->begin(), others->end(), [&](const auto& other) { return have_one_key(one, other); });
  });
}

} // namespace stele::security
