// `stele keys` and `stele certs`: commands about who is let in, which need no node.
#pragma once

#include "app/security/certificate_folder.hpp"

#include <string>

namespace stele::admin {

/// As typed. `expires` is empty, or a time as `90d` or `12h`.
struct keys_request {
  std::string action, id, file, name, role, expires;
};

/// A sentence when it can't be done as it is typed.
std::string wrong_with(const keys_request& it);

// Each answers the exit code: 0, or 1 with a sentence on stderr.

/// `create` prints the secret alone on stdout, so that it can be written to a file.
int change_keys(const keys_request& it);

int make_certificates(const security::wanted_certificates& wanted);

} // namespace stele::admin
