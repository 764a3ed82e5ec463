// Randomness, hashes and comparison for secrets, by OpenSSL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stele::security {

/// Bytes nobody can guess. A machine that has none ends the process: nothing made without them would be secret.
std::string random_bytes(std::size_t count);

std::string sha256(std::string_view bytes);

/// Compares in a time that says nothing of where two texts of one length differ.
bool same_secret(std::string_view a, std::string_view b);

std::string to_hex(std::string_view bytes);                 ///< Small letters.
std::optional<std::string> from_hex(std::string_view text); ///< Nothing unless it is what `to_hex` writes.

} // namespace stele::security
