#include "actors/token.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <limits>

namespace stele {

namespace {

constexpr std::uint8_t token_format = 1;
constexpr std::size_t pairs_max = 64, checksum_size = 4, history_size = 16;
constexpr std::size_t text_size_max = 2048; // 64 pairs of two full varints stay below it.
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Nothing when it ends too early, overflows or is longer than it need be.
std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) return std::nullopt;
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return byte == 0 && shift != 0 ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

std::string checksum(std::string_view bytes) {
  const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
  std::string out;
  for (unsigned i = 0; i < checksum_size; ++i) out += static_cast<char>(hash >> (8 * i));
  return out;
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (char c : bytes) {
    held = held << 8 | static_cast<std::uint8_t>(c);
    for (bits += 8; bits >= 6;) out += alphabet[held >> (bits -= 6) & 63];
  }
  if (bits > 0) out += alphabet[held << (6 - bits) & 63];
  return out;
}

std::array<std::int8_t, 256> reverse_alphabet() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}

std::optional<std::string> from_base64url(std::string_view text) {
  static const std::array<std::int8_t, 256> values = reverse_alphabet();
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (char c : text) {
    const int value = values[static_cast<std::uint8_t>(c)];
    if (value < 0) return std::nullopt;
    held = held << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) out += static_cast<char>(held >> (bits -= 8));
  }
  const bool canonical = bits < 6 && (held & ((1u << bits) - 1)) == 0;
  return canonical ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::vector<std::pair<shard_number, shard_position>>> take_positions(std::string_view in) {
  std::vector<std::pair<shard_number, shard_position>> positions;
  while (!in.empty()) {
    const auto shard = take_varint(in), position = shard ? take_varint(in) : std::nullopt;
    if (!position || *shard > std::numeric_limits<shard_number>::max()) return std::nullopt;
    if (!positions.empty() && *shard <= positions.back().first) return std::nullopt;
    if (positions.size() == pairs_max) return std::nullopt;
    positions.emplace_back(static_cast<shard_number>(*shard), *position);
  }
  return positions;
}

} // namespace

token make_token(const uuid& history, shard_number shard, shard_position position) {
  return {history, {{shard, position}}};
}

void merge(token& into, const token& other) {
  if (other.empty()) return;
  if (into.empty()) {
    into = other;
    return;
  }
  for (const auto& [shard, position] : other.positions) {
    const auto at = std::lower_bound(into.positions.begin(), into.positions.end(), shard,
                                     [](const auto& pair, shard_number wanted) { return pair.first < wanted; });
    if (at == into.positions.end() || at->first != shard)
      into.positions.insert(at, {shard, position});
    else
      at->second = std::max(at->second, position);
  }
}

std::string to_text(const token& it) {
  std::string bytes(1, static_cast<char>(token_format));
  bytes.append(reinterpret_cast<const char*>(it.history.bytes.data()), history_size);
  for (const auto& [shard, position] : it.positions) {
    append_varint(bytes, shard);
    append_varint(bytes, position);
  }
  return to_base64url(bytes + checksum(bytes));
}

std::optional<token> parse_token(std::string_view text) {
  if (text.size() > text_size_max) return std::nullopt;
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < 1 + history_size + checksum_size) return std::nullopt;
  std::string_view rest = *bytes;
  const std::string_view sum = rest.substr(rest.size() - checksum_size);
  rest.remove_suffix(checksum_size);
  if (checksum(rest) != sum || static_cast<std::uint8_t>(rest.front()) != token_format) return std::nullopt;
  token it;
  std::copy_n(rest.begin() + 1, history_size, it.history.bytes.begin());
  auto positions = take_positions(rest.substr(1 + history_size));
  if (!positions) return std::nullopt;
  it.positions = std::move(*positions);
  return it;
}

} // namespace stele
