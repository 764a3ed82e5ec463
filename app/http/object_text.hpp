// Writes JSON objects as text.
#pragma once

#include "persistence/json_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::http {

/// `"text"`, escaped.
inline std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Writes `{"a":1,"b":"x"}` member by member.
class object_text {
public:
  object_text& text(std::string_view name, std::string_view value) { return raw(name, quoted(value)); }
  object_text& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  object_text& whole(std::string_view name, std::uint64_t value) { return raw(name, std::to_string(value)); }
  object_text& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

  object_text& moment(std::string_view name, std::int64_t unix_ms) {
    std::string value;
    append_rfc3339(value, unix_ms);
    return text(name, value);
  }

  /// `json` is JSON already.
  object_text& raw(std::string_view name, std::string_view json) {
    if (out_.size() > 1) out_ += ',';
    append_json_string(out_, name);
    out_.append(":").append(json);
    return *this;
  }

  /// All members of `object`, which is the text of an object.
  object_text& members(std::string_view object) {
    object = object.substr(1, object.size() - 2);
    if (object.empty()) return *this;
    if (out_.size() > 1) out_ += ',';
    out_ += object;
    return *this;
  }

  std::string finish() { return out_ + '}'; }

private:
  std::string out_ = "{";
};

} // namespace stele::http
