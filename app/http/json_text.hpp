// Writes JSON as text, and reads the few plain values that come in a URL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stele::http {

/// Appends `text` in quotes, escaped.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

/// Writes `{"a":1,"b":"x"}` member by member.
class object_text {
public:
  object_text& text(std::string_view name, std::string_view value);
  object_text& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  object_text& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  /// `json` is JSON already.
  object_text& raw(std::string_view name, std::string_view json);

  std::string finish() && { return std::move(out_) + '}'; }

private:
  std::string out_ = "{";
};

/// A non-negative whole number in decimal digits alone; nothing when it is not one or does not fit.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// True when `text` is a JSON number.
bool is_json_number(std::string_view text);

} // namespace stele::http
