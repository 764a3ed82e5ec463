// The keys a running node accepts: its key file, read again when it changes.
#pragma once

#include "app/security/key_file.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace stele::security {

/// Why a caller is not let in, or with which key.
enum class verdict : std::uint8_t {
  good,
  unknown, ///< No key of that form or id, or another secret.
  expired,
  revoked,
  no_keys, ///< The file can't be used, so nobody comes in until it can.
};

struct entry {
  verdict is = verdict::unknown;
  std::shared_ptr<const door_key> key; ///< With `good`.
};

/// Safe from any thread. A check touches no file.
class key_ring {
public:
  explicit key_ring(std::string file) : file_(std::move(file)) {}

  /// Reads the file if it is another than the one read before (time of change, size or number), or could not be used.
  /// A sentence when it can't be used: from then on every check is `no_keys`.
  std::optional<fault> refresh();

  /// `secret` is what a caller sent, as `stele_<id>_<secret>`; of it nothing is kept.
  entry check(std::string_view secret, std::int64_t now) const;

  /// The same for one who was let in before, as by an answer that goes on for long.
  bool still_good(const door_key& it, std::int64_t now) const;

  std::size_t usable(std::int64_t now) const; ///< Keys that are neither expired nor revoked.

private:
  struct stamp {
    std::int64_t seconds = -1, nanoseconds = 0;
    std::uint64_t size = 0, number = 0;
    unsigned mode = 0;
    bool operator==(const stamp&) const = default;
  };
  using table = std::unordered_map<std::string, std::shared_ptr<const door_key>>;

  static stamp stamp_of(const std::string& file);
  std::shared_ptr<const table> current() const;

  const std::string file_;
  mutable std::mutex guard_;
  std::shared_ptr<const table> table_; ///< Null: the file can't be used.
  stamp read_;
};

} // namespace stele::security
