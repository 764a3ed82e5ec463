// Mutual TLS between nodes: of the door for other nodes, and of dialing them.
#pragma once

#include "app/cluster/settings.hpp"
#include "app/security/caf_tls.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stele::cluster {

/// What its settings are called, and which command makes the files.
const security::caf_tls_words& tls_words();

/// Reads the files, once for both directions. Null when none is named: links are plain.
security::secured<security::caf_tls_ptr> read_tls(const cluster_settings& from);

/// An authority of somebody who is no node.
struct other_authority {
  std::string setting; ///< As `gateway.client-authority`.
  std::string file;    ///< Empty: there is none.
};

/// Nothing, or a sentence: nodes have an authority in common with others, so that who is signed as one of them is half
/// a node already.
std::optional<std::string> wrong_with_authority(const cluster_settings& nodes,
                                                const std::vector<other_authority>& others);

} // namespace stele::cluster
