// Reads the target of a request line: path and query, decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stele::http {

struct target {
  std::string host;              ///< Of the absolute form `http://host/path`; empty in the usual form.
  std::vector<std::string> path; ///< Decoded segments; `/` is one empty segment.
  std::vector<std::pair<std::string, std::string>> query; ///< Decoded; `+` is a space.
};

/// The parts of `text`, or a sentence on what is wrong with it: a bad escape, a segment `.` or `..`, bytes that are not
/// UTF-8, a fragment, a form other than `/path` and `http://host/path`.
std::variant<target, std::string> parse_target(std::string_view text);

/// `%41` becomes `A`; nothing when an escape is cut off or not hexadecimal.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

} // namespace stele::http
