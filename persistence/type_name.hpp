// The name a struct has in the source, as it stands in the log and on the wire.
#pragma once

#include <string_view>

namespace stele {

namespace detail {

template <class T>
constexpr std::string_view signature_of() {
  return __PRETTY_FUNCTION__;
}

// g++: `… signature_of() [with T = order::order_created; std::string_view = …]`; clang++: `… [T =
// order::order_created]`.
constexpr std::string_view name_in(std::string_view signature) {
  signature.remove_prefix(signature.find("T = ") + 4);
  signature = signature.substr(0, signature.find_first_of(";]"));
  const auto colons = signature.rfind("::");
  return colons == std::string_view::npos ? signature : signature.substr(colons + 2);
}

} // namespace detail

/// `order_created` of `order::order_created`. A rename of the struct is a rename of what is stored: golden samples in
/// the tests make it fail.
template <class T>
constexpr std::string_view type_name() {
  constexpr std::string_view name = detail::name_in(detail::signature_of<T>());
  return name;
}

} // namespace stele
