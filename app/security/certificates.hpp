// Makes a private authority and the certificates it signs: P-256, SHA-256, X.509 v3, as PEM.
#pragma once

#include "app/security/private_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stele::security {

/// A certificate and its private key.
struct identity {
  std::string certificate, private_key;
};

/// Unix seconds.
struct validity {
  std::int64_t from = 0, to = 0;
};

enum class purpose : std::uint8_t {
  node,   ///< Serves, and calls other nodes.
  client, ///< Calls.
};

secured<identity> make_authority(const std::string& name, validity when);

/// A certificate signed by `authority`. `names` are what it is valid for, DNS names and IP addresses; it also carries
/// `stele://cluster/<name>` or `stele://client/<name>`.
secured<identity> make_identity(const identity& authority, const std::string& name,
                                const std::vector<std::string>& names, purpose what, validity when);

} // namespace stele::security
