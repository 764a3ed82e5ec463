#include "persistence/identifiers.hpp"

#include <xxhash.h>

namespace stele {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_dash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

uuid with_version(uuid id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

} // namespace

std::string to_string(const uuid& id) {
  std::string text;
  text.reserve(36);
  for (std::uint8_t byte : id.bytes) {
    if (is_dash(text.size())) text += '-';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  uuid id;
  std::size_t byte = 0;
  for (std::size_t at = 0; at < 36;) {
    if (is_dash(at)) {
      if (text[at++] != '-') return std::nullopt;
      continue;
    }
    const int high = nibble(text[at]), low = nibble(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[byte++] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return id;
}

uuid make_uuid_v7(unix_ms now, std::uint64_t random_a, std::uint64_t random_b) {
  uuid id;
  for (int i = 0; i < 6; ++i) id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(now >> (40 - 8 * i));
  for (int i = 0; i < 8; ++i)
    id.bytes[static_cast<std::size_t>(8 + i)] = static_cast<std::uint8_t>(random_b >> (8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(random_a);
  id.bytes[7] = static_cast<std::uint8_t>(random_a >> 8);
  return with_version(id, 7);
}

uuid hash_to_uuid(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  uuid id;
  for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = canonical.digest[i];
  return with_version(id, 8);
}

shard_number shard_of(std::string_view stream_id, std::uint32_t shards) {
  return static_cast<shard_number>(XXH64(stream_id.data(), stream_id.size(), 0) % shards);
}

} // namespace stele
