// The names of things in the log: shard, position, version, and 16-byte ids.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stele {

/// Number of a shard: 0 … shards - 1. A stream lives in one shard for ever.
using shard_number = std::uint32_t;

/// Place of an event in its shard: 1, 2, 3 … without gaps, in commit order. 0: before the first.
using shard_position = std::uint64_t;

/// Place of an event in its stream: 1, 2, 3 … without gaps. 0: the stream is empty.
using stream_version = std::uint64_t;

/// Milliseconds since 1970-01-01T00:00:00Z.
using unix_ms = std::int64_t;

/// Sixteen bytes: an event id, a command id, the identity of a history. Compared bytewise, so that
/// UUIDv7 values sort by their time.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const uuid&, const uuid&) = default;
};

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, lower case.
std::string to_string(const uuid& id);

/// Reads the 36-character form, either case; nothing when `text` is not one.
std::optional<uuid> parse_uuid(std::string_view text);

/// A UUIDv7 made of a time and two random words: sorts by time, unguessable in the rest.
uuid make_uuid_v7(unix_ms now, std::uint64_t random_a, std::uint64_t random_b);

/// A UUIDv8 made from any bytes by XXH3-128: the same bytes give the same id.
uuid hash_to_uuid(std::string_view bytes);

/// The shard of a stream: XXH64 with seed 0, modulo the number of shards of the store.
shard_number shard_of(std::string_view stream_id, std::uint32_t shards);

} // namespace stele

template <>
struct std::hash<stele::uuid> {
  std::size_t operator()(const stele::uuid& id) const noexcept {
    std::uint64_t tail = 0; // The random half; the front of a UUIDv7 is time.
    for (int i = 8; i < 16; ++i) tail = tail << 8 | id.bytes[static_cast<std::size_t>(i)];
    return tail;
  }
};
