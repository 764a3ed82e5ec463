// Header fields as a list, for both ends.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele::http {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Equal but for ASCII case, as names of header fields are.
inline bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

} // namespace stele::http
