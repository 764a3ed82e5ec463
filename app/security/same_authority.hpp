// Whether two files of authorities have one in common.
#pragma once

#include "app/security/private_file.hpp"

#include <string>

namespace stele::security {

/// Both hold certificates in PEM, at least one. They are compared by their keys: a renewed certificate of an authority
/// is the same one.
secured<bool> same_authority(const std::string& one_file, const std::string& other_file);

} // namespace stele::security
