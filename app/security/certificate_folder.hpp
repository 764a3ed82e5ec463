// A folder with a private authority for nodes, one for clients, and the certificates of both: `stele certs`.
#pragma once

#include "app/security/private_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stele::security {

struct wanted_certificates {
  std::string folder;
  std::vector<std::string> nodes;   ///< Each `NAME` or `NAME,ADDRESS,…`: what it is valid for beside its name.
  std::vector<std::string> clients; ///< Names.
  std::int64_t days = 365;          ///< Of the certificates; authorities live ten years.
};

/// Makes what is wanted and answers the files made, each for the owner alone. Authorities that the folder has already
/// are used; a certificate of a name that it has is refused before anything is written.
secured<std::vector<std::string>> make_certificates(const wanted_certificates& wanted, std::int64_t now_seconds);

} // namespace stele::security
