// A string as a template parameter: the name of an aggregate or a view.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace stele {

/// `stele::aggregate<"order", …>` takes its name as one of these.
template <std::size_t Size>
struct text {
  char chars[Size]{};

  constexpr text(const char (&from)[Size]) { std::copy_n(from, Size, chars); }
  constexpr operator std::string_view() const { return {chars, Size - 1}; }
};

} // namespace stele
