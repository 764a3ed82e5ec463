#include "app/http/call.hpp"

#include "actors/node.hpp"
#include "actors/trace.hpp"
#include "app/http/wire.hpp"

#include <algorithm>
#include <charconv>

namespace stele::http {
namespace {

constexpr std::string_view id_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
constexpr std::size_t id_length_max = 128, key_length_max = 255;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Milliseconds; nothing when it is no duration or does not fit.
std::optional<std::uint64_t> parse_duration(std::string_view text) {
  std::uint64_t unit = 1;
  if (ends_with(text, "ms")) {
    text.remove_suffix(2);
  } else if (ends_with(text, "s")) {
    text.remove_suffix(1);
    unit = 1000;
  }
  const auto count = parse_whole(text);
  if (!count || *count > UINT64_MAX / unit) return std::nullopt;
  return *count * unit;
}

asked<token> read_token(const std::string& text, const node& shop) {
  auto it = parse_token(text);
  if (!it)
    return refusal{refusal_kind::bad_token,
                   "bad_token",
                   "the token is damaged: send it back as it was received, or leave it out",
                   {}};
  if (it->history != shop.identity().history)
    return refusal{refusal_kind::history_changed,
                   "history_changed",
                   "the token speaks of another history of this store (it was restored or replaced): read without it",
                   {}};
  return *std::move(it);
}

} // namespace

refusal invalid(std::string code, std::string message, std::string pointer) {
  return {refusal_kind::invalid, std::move(code), std::move(message), std::move(pointer)};
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

asked<command_key> read_key(const request& it, const node& shop) {
  const auto* text = it.header("idempotency-key");
  if (!text) return command_key{shop.new_command_id(), false};
  const auto same = [](const auto& field) { return field.first == "idempotency-key"; };
  if (std::count_if(it.headers.begin(), it.headers.end(), same) > 1)
    return invalid("bad_idempotency_key", "Idempotency-Key must stand once");
  const bool printable = std::all_of(text->begin(), text->end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (text->empty() || text->size() > key_length_max || !printable)
    return invalid("bad_idempotency_key", "Idempotency-Key must be 1 to 255 printable ASCII characters");
  if (const auto id = parse_uuid(*text)) return command_key{*id, true};
  return command_key{hash_to_uuid(*text), true};
}

asked<std::optional<stream_version>> read_if_match(const request& it) {
  const auto* text = it.header("if-match");
  if (!text || *text == "*") return std::optional<stream_version>{};
  std::string_view digits = *text;
  if (digits.size() > 2 && digits.front() == '"' && digits.back() == '"') digits = digits.substr(1, digits.size() - 2);
  if (const auto version = parse_whole(digits)) return std::optional<stream_version>{*version};
  return invalid("bad_if_match", "If-Match must be one version, as \"3\", or *; found " + printable(*text));
}

asked<token> read_after(const request& it, const node& shop) {
  token merged;
  for (const auto& [name, value] : it.query) {
    if (name != "after") continue;
    auto one = read_token(value, shop);
    if (one.has_error()) return one;
    merge(merged, *one);
  }
  if (const auto* header = it.header("x-stele-token")) {
    auto one = read_token(*header, shop);
    if (one.has_error()) return one;
    merge(merged, *one);
  }
  return merged;
}

asked<std::int64_t> read_timeout(const request& it, const http_settings& settings) {
  const auto* text = it.query_value("timeout");
  if (!text) return settings.query_wait_ms;
  const auto ms = parse_duration(*text);
  if (ms && *ms <= static_cast<std::uint64_t>(settings.query_wait_ms_max)) return static_cast<std::int64_t>(*ms);
  return invalid("bad_timeout", "timeout must be milliseconds, or seconds as 2s, at most " +
                                    std::to_string(settings.query_wait_ms_max) + " ms; found " + printable(*text));
}

asked<std::uint64_t> read_whole(const request& it, std::string_view name, std::uint64_t otherwise, std::uint64_t least,
                                std::uint64_t most) {
  const auto* text = it.query_value(name);
  if (!text) return otherwise;
  const auto value = parse_whole(*text);
  if (value && *value >= least && *value <= most) return *value;
  return invalid("bad_" + std::string(name), std::string(name) + " must be a whole number from " +
                                                 std::to_string(least) + " to " + std::to_string(most) + "; found " +
                                                 printable(*text));
}

std::string read_metadata(const request& it) {
  const auto* trace = it.header("traceparent");
  return trace ? trace_metadata(*trace) : std::string();
}

std::optional<refusal> check_id(std::string_view id, std::string_view pointer) {
  const bool good = !id.empty() && id.size() <= id_length_max && id != "." && id != ".." &&
                    id.find_first_not_of(id_characters) == std::string_view::npos;
  if (good) return std::nullopt;
  return invalid("bad_id", "an id is 1 to 128 characters of A-Z a-z 0-9 . _ ~ -; found '" + printable(id) + "'",
                 std::string(pointer));
}

bool is_common_parameter(std::string_view name) { return name == "after" || name == "timeout"; }

std::optional<refusal> check_query(const request& it, std::initializer_list<std::string_view> known) {
  for (std::size_t i = 0; i < it.query.size(); ++i) {
    const auto& name = it.query[i].first;
    if (!is_common_parameter(name) && std::find(known.begin(), known.end(), name) == known.end())
      return invalid("unknown_parameter", "the query parameter '" + printable(name) + "' is not known here");
    const auto same = [&](const auto& other) { return other.first == name; };
    if (name != "after" && std::any_of(it.query.begin(), it.query.begin() + static_cast<std::ptrdiff_t>(i), same))
      return invalid("doubled_parameter", "the query parameter '" + printable(name) + "' stands twice");
  }
  return std::nullopt;
}

} // namespace stele::http
