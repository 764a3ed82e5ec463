// The name a struct has in the source, as it stands in the log and on the wire.
#pragma once

#include <string_view>

namespace stele {

namespace detail {

template <class T>
constexpr std::string_view signature_of() {
  return __PRETTY_FUNCTION__;
}

} // namespace detail

/// `order_created` of `order::order_created`. A rename of the struct is a rename of what is stored: golden samples in
/// the tests make it fail.
template <class T>
constexpr std::string_view type_name() {
  // g++: `… signature_of() [with T = order::order_created; std::string_view = …]`; clang++: `… [T =
  // order::order_created]`.
  std::string_view name = detail::signature_of<T>();
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  const auto colons = name.rfind("::");
  return colons == std::string_view::npos ? name : name.substr(colons + 2);
}

} // namespace stele
