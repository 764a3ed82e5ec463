// The file of the keys that callers of the HTTP door carry: who each is for, what it may, until when.
#pragma once

#include "app/security/private_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stele::security {

/// What a caller may do; each includes those before it.
enum class role : std::uint8_t {
  query,   ///< Read: rows, streams, events, metrics.
  command, ///< Send commands.
  admin,   ///< Rebuild, pause and resume views, write backups.
};

std::string_view to_string(role it);
std::optional<role> role_of(std::string_view name);

/// One line of the file. Of the secret there is only a hash. It is a plain salted SHA-256: slow hashes as scrypt are
/// for secrets that people think up; this one is 256 random bits, which nobody guesses at any speed.
struct door_key {
  std::string id;   ///< 12 hex digits.
  std::string name; ///< Who it is for.
  role may = role::query;
  std::string salt, hash;   ///< 16 and 32 bytes.
  std::int64_t created = 0; ///< Unix milliseconds, as all times here.
  std::optional<std::int64_t> expires, revoked;
};

/// The keys of a file: JSON lines, one a key. Refuses a file that others may read, and one with anything in it that is
/// not understood.
secured<std::vector<door_key>> read_keys(const std::string& file);

/// A key that was made, and what its caller sends; it is written down nowhere.
struct new_key {
  door_key key;
  std::string secret; ///< `stele_<id>_<64 hex digits>`.
};

/// Makes a key and adds it to the file, which is made if it is not there.
secured<new_key> create_key(const std::string& file, std::string name, role may, std::int64_t now,
                            std::optional<std::int64_t> expires);

/// From now on nobody comes in with it; the line stays.
std::optional<fault> revoke_key(const std::string& file, std::string_view id, std::int64_t now);

/// What stands between `stele_<id>_` and the end, as the hash takes it.
std::string hash_secret(std::string_view salt, std::string_view secret);

} // namespace stele::security
