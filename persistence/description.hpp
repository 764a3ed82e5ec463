// What a described struct looks like, as text and as a number: what tells an old shape from a new one.
#pragma once

#include "persistence/codec_values.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stele {

/// A number of 64 bits that stays the same over programs and machines.
std::uint64_t description_hash_of(std::string_view description);

/// Structs in structs beyond this are not described: a tree describes itself without an end.
inline constexpr int description_depth_max = 8;

/// Appends `{order_id:text,status:(pending|shipped),items:[…]}`: names and types, recursively.
template <class T>
void append_description(std::string& out, int depth = 0);

namespace detail {

template <class T>
void append_struct_description(std::string& out, int depth) {
  out += '{';
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    using type = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
    out += member.name, out += ':';
    append_description<type>(out, depth + 1);
    out += ',';
  });
  out += '}';
}

template <class T>
void append_enum_description(std::string& out) {
  out += '(';
  for (std::string_view name : names_of<T>.names) out += name, out += '|';
  out += ')';
}

} // namespace detail

template <class T>
void append_description(std::string& out, int depth) {
  if (depth > description_depth_max) return;
  if constexpr (detail::is_optional<T>)
    append_description<typename T::value_type>(out, depth), out += '?';
  else if constexpr (detail::is_vector<T>)
    out += '[', append_description<typename T::value_type>(out, depth), out += ']';
  else if constexpr (detail::is_map<T>)
    out += '<', append_description<typename T::mapped_type>(out, depth), out += '>';
  else if constexpr (described_enum<T>)
    detail::append_enum_description<T>(out);
  else if constexpr (described_struct<T>)
    detail::append_struct_description<T>(out, depth);
  else if constexpr (std::same_as<T, bool>)
    out += "boolean";
  else if constexpr (whole_number<T>)
    out += std::is_signed_v<T> ? 'i' : 'u', out += std::to_string(8 * sizeof(T));
  else if constexpr (std::floating_point<T>)
    out += "real";
  else if constexpr (std::same_as<T, std::string>)
    out += "text";
  else if constexpr (money_like<T>)
    out += "money";
  else if constexpr (timestamp_like<T>)
    out += "timestamp";
  else
    out += "object";
}

} // namespace stele
