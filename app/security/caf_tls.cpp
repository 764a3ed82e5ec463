#include "app/security/caf_tls.hpp"

namespace stele::security {

namespace {

std::string missing(const caf_tls_files& from, const caf_tls_words& words) {
  std::string list;
  const auto add = [&](bool gone, const std::string& name) {
    if (gone) list += (list.empty() ? "" : ", ") + name;
  };
  add(from.certificate.empty(), words.certificate);
  add(from.private_key.empty(), words.private_key);
  add(from.authority.empty(), words.authority);
  add(from.names.empty(), words.names);
  return list;
}

bool names_nothing(const caf_tls_files& from) {
  return (from.certificate + from.private_key + from.authority).empty() && from.names.empty();
}

} // namespace

std::shared_ptr<tls_session> caf_tls::accept(int socket) const {
  return std::make_shared<tls_session>(context_->native_handle(), socket, tls_session::end::server, names_);
}

std::shared_ptr<tls_session> caf_tls::connect(int socket) const {
  return std::make_shared<tls_session>(context_->native_handle(), socket, tls_session::end::client, names_);
}

std::string all_of(const caf_tls_words& words) {
  return words.certificate + ", " + words.private_key + ", " + words.authority + " and " + words.names +
         " (files are made by: " + words.command + ")";
}

secured<caf_tls_ptr> make_caf_tls(const caf_tls_files& from, const caf_tls_words& words) {
  if (names_nothing(from)) return caf_tls_ptr();
  if (const auto gaps = missing(from, words); !gaps.empty())
    return fault{"wanted all or none of " + all_of(words) + "; missing: " + gaps};
  auto context = make_caf_context(from);
  if (!context) return context.error();
  auto names = std::make_shared<const std::set<std::string>>(from.names.begin(), from.names.end());
  return caf_tls_ptr(std::make_shared<const caf_tls>(std::move(*context), std::move(names)));
}

} // namespace stele::security
