#include "app/cluster/cluster_tls.hpp"

#include "app/security/same_authority.hpp"

namespace stele::cluster {

const security::caf_tls_words& tls_words() {
  static const security::caf_tls_words words{"cluster.certificate", "cluster.private-key", "cluster.authority",
                                             "cluster.names", "stele certs FOLDER --node NAME --node OTHER"};
  return words;
}

security::secured<security::caf_tls_ptr> read_tls(const cluster_settings& from) {
  return security::make_caf_tls(from.tls, tls_words());
}

std::optional<std::string> wrong_with_authority(const cluster_settings& nodes,
                                                const std::vector<other_authority>& others) {
  const auto& own = nodes.tls.authority;
  for (const auto& [setting, file] : others) {
    if (own.empty() || file.empty()) continue;
    const auto same = security::same_authority(own, file);
    if (!same) return same.error().what + '.';
    if (*same)
      return "cluster.authority (" + own + ") and " + setting + " (" + file +
             ") hold the same authority, so clients could pass for nodes. Give nodes one of their own: 'stele certs "
             "FOLDER --node NAME --client NAME' makes nodes-authority.pem and clients-authority.pem.";
  }
  return std::nullopt;
}

} // namespace stele::cluster
