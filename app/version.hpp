// The version of the program and of the library.
#pragma once

#include <string_view>

namespace stele {

inline constexpr std::string_view program_version = "0.1.0";

} // namespace stele
