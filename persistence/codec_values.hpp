// The JSON form of every type a described struct may hold.
#pragma once

#include "persistence/described.hpp"
#include "persistence/json_text.hpp"
#include "persistence/type_name.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace stele {

template <class T>
concept described_struct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
concept described_enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
concept whole_number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class T>
consteval bool has_json_form() {
  return std::same_as<T, bool> || whole_number<T> || std::floating_point<T> || std::same_as<T, std::string> ||
         money_like<T> || timestamp_like<T> || json_object_like<T> || described_enum<T> || described_struct<T> ||
         is_optional<T> || is_vector<T> || is_map<T>;
}

template <class T>
constexpr void require_json_form() {
  static_assert(has_json_form<T>(),
                "a field has a type without a JSON form: use bool, a number, std::string, a described enum or struct, "
                "std::optional, std::vector or std::map<std::string, …> of such, stele::money, stele::timestamp or "
                "stele::json_object");
}

template <class T>
struct enum_names {
  using enumerators = boost::describe::describe_enumerators<T>;
  static constexpr std::size_t count = boost::mp11::mp_size<enumerators>::value;
  std::array<std::string_view, count> names{};
  std::array<T, count> values{};

  constexpr enum_names() {
    std::size_t i = 0;
    boost::mp11::mp_for_each<enumerators>([&](auto each) {
      names[i] = each.name;
      values[i++] = each.value;
    });
  }
};

} // namespace detail

/// The enumerators of a described enum.
template <described_enum T>
inline constexpr detail::enum_names<T> names_of;

/// Empty for a value that is no enumerator.
template <described_enum T>
constexpr std::string_view enumerator_name(T value) {
  for (std::size_t i = 0; i < names_of<T>.count; ++i)
    if (names_of<T>.values[i] == value) return names_of<T>.names[i];
  return {};
}

template <described_enum T>
constexpr std::optional<T> enumerator_of(std::string_view name) {
  for (std::size_t i = 0; i < names_of<T>.count; ++i)
    if (names_of<T>.names[i] == name) return names_of<T>.values[i];
  return std::nullopt;
}

template <described_struct T>
std::span<const described_field> fields_of();

template <class T>
bool read_value(const json_node& from, T& value, json_reading& how);

template <class T>
void append_value(std::string& out, const T& value, json_form form);

namespace detail {

template <class T>
bool read_whole_number(const json_node& from, T& value, json_reading& how) {
  using limits = std::numeric_limits<T>;
  if constexpr (std::is_signed_v<T>) {
    std::int64_t whole = 0;
    if (!read_whole(from, whole, limits::min(), limits::max(), how)) return false;
    value = static_cast<T>(whole);
  } else {
    std::uint64_t whole = 0;
    if (!read_natural(from, whole, limits::max(), how)) return false;
    value = static_cast<T>(whole);
  }
  return true;
}

template <class T>
bool read_vector(const json_node& from, std::vector<T>& value, json_reading& how) {
  if (from.kind != json_kind::array) return how.wrong_type("an array", from);
  value.clear();
  for (auto* element = from.first(); element != from.end(); element = element->next()) {
    T one{};
    if (!read_value(*element, one, how)) return how.inside('/' + std::to_string(value.size()));
    value.push_back(std::move(one));
  }
  return true;
}

template <class T>
bool read_map(const json_node& from, std::map<std::string, T>& value, json_reading& how) {
  if (from.kind != json_kind::object) return how.wrong_type("an object", from);
  value.clear();
  for (auto* key = from.first(); key != from.end(); key = key->next()->next()) {
    const auto [place, fresh] = value.try_emplace(std::string{key->text});
    if (!fresh && how.strict) how.fail("duplicate_field", "a key stands twice in its object");
    if ((!fresh && how.strict) || !read_value(*key->next(), place->second, how))
      return how.inside(pointer_step(key->text));
  }
  return true;
}

template <class T>
bool read_enum(const json_node& from, T& value, json_reading& how) {
  const auto named = from.kind == json_kind::string ? enumerator_of<T>(from.text) : std::nullopt;
  if (!named) return bad_enumerator(from, names_of<T>.names, how);
  value = *named;
  return true;
}

template <class T>
bool read_optional(const json_node& from, std::optional<T>& value, json_reading& how) {
  value.reset();
  return from.kind == json_kind::null || read_value(from, value.emplace(), how);
}

/// Reads by way of the plain type that holds the value, as the cents of an amount.
template <class Plain, class T>
bool read_through(bool (*read)(const json_node&, Plain&, json_reading&), T (*make)(Plain), const json_node& from,
                  T& value, json_reading& how) {
  Plain plain{};
  if (!read(from, plain, how)) return false;
  value = make(std::move(plain));
  return true;
}

template <class T>
void append_vector(std::string& out, const std::vector<T>& value, json_form form) {
  out += '[';
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ',';
    append_value<T>(out, value[i], form);
  }
  out += ']';
}

template <class T>
void append_map(std::string& out, const std::map<std::string, T>& value, json_form form) {
  const char* before = "{";
  for (const auto& [key, one] : value) {
    out += before, before = ",";
    append_json_string(out, key);
    out += ':';
    append_value(out, one, form);
  }
  out += value.empty() ? "{}" : "}";
}

} // namespace detail

/// Reads a value of any type that has a JSON form; what is wrong stands in the context.
template <class T>
bool read_value(const json_node& from, T& value, json_reading& how) {
  detail::require_json_form<T>();
  if constexpr (std::same_as<T, bool>)
    return read_boolean(from, value, how);
  else if constexpr (whole_number<T>)
    return detail::read_whole_number(from, value, how);
  else if constexpr (std::same_as<T, double>)
    return read_real_number(from, value, how);
  else if constexpr (std::same_as<T, std::string>)
    return read_string(from, value, how);
  else if constexpr (detail::is_optional<T>)
    return detail::read_optional(from, value, how);
  else if constexpr (detail::is_vector<T>)
    return detail::read_vector(from, value, how);
  else if constexpr (detail::is_map<T>)
    return detail::read_map(from, value, how);
  else if constexpr (described_enum<T>)
    return detail::read_enum(from, value, how);
  else if constexpr (described_struct<T>)
    return read_fields(from, &value, fields_of<T>(), how);
  else if constexpr (money_like<T>)
    return detail::read_through<std::int64_t, T>(read_amount, T::from_minor_units, from, value, how);
  else if constexpr (timestamp_like<T>)
    return detail::read_through<std::int64_t, T>(read_moment, T::from_unix_ms, from, value, how);
  else if constexpr (json_object_like<T>)
    return detail::read_through<std::string, T>(read_free_object, T::from_json, from, value, how);
}

/// Appends a value as JSON without white space, the fields of structs in the order of their description.
template <class T>
void append_value(std::string& out, const T& value, json_form form) {
  detail::require_json_form<T>();
  if constexpr (std::same_as<T, bool>)
    out += value ? "true" : "false";
  else if constexpr (whole_number<T> && std::is_signed_v<T>)
    append_json_integer(out, value);
  else if constexpr (whole_number<T>)
    append_json_unsigned(out, value);
  else if constexpr (std::floating_point<T>)
    append_json_real(out, value);
  else if constexpr (std::same_as<T, std::string>)
    append_json_string(out, value);
  else if constexpr (detail::is_optional<T>)
    value ? append_value(out, *value, form) : void(out += "null");
  else if constexpr (detail::is_vector<T>)
    detail::append_vector(out, value, form);
  else if constexpr (detail::is_map<T>)
    detail::append_map(out, value, form);
  else if constexpr (described_enum<T>)
    append_json_string(out, enumerator_name(value));
  else if constexpr (described_struct<T>)
    append_fields(out, &value, fields_of<T>(), form);
  else if constexpr (money_like<T>)
    append_json_money(out, value.minor_units());
  else if constexpr (timestamp_like<T>)
    append_moment(out, value.unix_ms());
  else if constexpr (json_object_like<T>)
    append_free_object(out, value.json(), form);
}

namespace detail {

template <class T, class Member>
constexpr described_field field_of() {
  using type = std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>;
  return {Member::name, is_optional<type>,
          [](const json_node& from, void* object, json_reading& how) {
            return read_value(from, static_cast<T*>(object)->*Member::pointer, how);
          },
          [](std::string& out, const void* object, json_form form) {
            append_value(out, static_cast<const T*>(object)->*Member::pointer, form);
          }};
}

template <class T, class... Members>
constexpr std::array<described_field, sizeof...(Members)> field_array(boost::mp11::mp_list<Members...>*) {
  return {field_of<T, Members>()...};
}

template <class T>
using members_of = boost::mp11::mp_rename<
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>,
    boost::mp11::mp_list>;

} // namespace detail

/// The described members of a struct, in the order of its description.
template <described_struct T>
std::span<const described_field> fields_of() {
  static constexpr auto fields = detail::field_array<T>(static_cast<detail::members_of<T>*>(nullptr));
  static_assert(fields.size() <= 128, "a described struct has at most 128 fields");
  return fields;
}

} // namespace stele
