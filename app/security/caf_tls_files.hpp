// The PEM files by which the two ends of a CAF connection know each other, and whom each lets in.
#pragma once

#include <string>
#include <vector>

namespace stele::security {

/// All empty: no TLS. Else all are needed: each end shows a certificate, and is asked for one.
struct caf_tls_files {
  std::string certificate; ///< Of this end; with those between it and the authority, if there are any.
  std::string private_key;
  std::string authority; ///< Who signs the other end; nobody else is believed, nor are those the system believes.
  std::vector<std::string> names; ///< Who the other end may be: `stele://client/ada`, or a DNS name. Exact.
};

} // namespace stele::security
