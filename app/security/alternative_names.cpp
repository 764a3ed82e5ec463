#include "app/security/alternative_names.hpp"

#include <openssl/x509v3.h>

#include <memory>

namespace stele::security {

namespace {

struct names_deleter {
  void operator()(GENERAL_NAMES* it) const { GENERAL_NAMES_free(it); }
};

} // namespace

std::vector<std::string> alternative_names(const X509* certificate) {
  std::vector<std::string> found;
  const std::unique_ptr<GENERAL_NAMES, names_deleter> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* each = sk_GENERAL_NAME_value(all.get(), i);
    if (each->type != GEN_URI && each->type != GEN_DNS) continue;
    const auto* text = each->d.ia5; // Of both kinds.
    std::string name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
    if (name.find('\0') == std::string::npos) found.push_back(std::move(name));
  }
  return found;
}

} // namespace stele::security
