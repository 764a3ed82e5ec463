// Text for a terminal, cut into lines.
#pragma once

#include <string>

namespace stele {

/// Lines no longer than a terminal leaves for them; the formatter indents what follows a line's end.
inline std::string folded(std::string text) {
  constexpr std::size_t width = 80;
  for (std::size_t line = 0; text.size() - line > width;) {
    const auto cut = text.rfind(' ', line + width);
    if (cut == std::string::npos || cut <= line) break;
    text[cut] = '\n';
    line = cut + 1;
  }
  return text;
}

} // namespace stele
