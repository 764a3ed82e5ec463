// Described rows to the values stores keep, and back; the table of a view from the description of its row.
#pragma once

#include "persistence/codec.hpp"
#include "persistence/row.hpp"

#include <optional>
#include <span>
#include <string>

namespace stele {

/// One member of a row.
struct described_column {
  std::string_view name;
  column_type type = column_type::text;
  bool nullable = false;
  field_value (*get)(const void* row) = nullptr;
  bool (*set)(void* row, const field_value& value) = nullptr; ///< False: the value doesn't fit the member.
};

std::vector<column> columns_of(std::span<const described_column> columns);
row_values to_values(const void* row, std::span<const described_column> columns);

/// False when a value doesn't fit its member; `row` is unusable then.
bool from_values(const row_values& values, void* row, std::span<const described_column> columns);

namespace detail {

template <class T>
consteval column_type column_type_of() {
  if constexpr (is_optional<T>)
    return column_type_of<typename T::value_type>();
  else if constexpr (std::same_as<T, bool>)
    return column_type::boolean;
  else if constexpr (whole_number<T>)
    return column_type::integer;
  else if constexpr (std::floating_point<T>)
    return column_type::real;
  else if constexpr (money_like<T>)
    return column_type::money;
  else if constexpr (timestamp_like<T>)
    return column_type::timestamp;
  else if constexpr (std::same_as<T, std::string> || described_enum<T>)
    return column_type::text;
  else
    return column_type::json;
}

template <class T>
field_value to_field(const T& value) {
  if constexpr (is_optional<T>)
    return value ? to_field(*value) : field_value{};
  else if constexpr (std::same_as<T, bool> || whole_number<T>)
    return static_cast<std::int64_t>(value);
  else if constexpr (std::floating_point<T>)
    return static_cast<double>(value);
  else if constexpr (money_like<T>)
    return value.minor_units();
  else if constexpr (timestamp_like<T>)
    return value.unix_ms();
  else if constexpr (described_enum<T>)
    return std::string{enumerator_name(value)};
  else if constexpr (std::same_as<T, std::string>)
    return value;
  else
    return encode(value);
}

template <class T>
bool set_integer(T& member, std::int64_t value) {
  if constexpr (std::same_as<T, bool>)
    member = value != 0;
  else if constexpr (whole_number<T>)
    member = static_cast<T>(value);
  else if constexpr (money_like<T>)
    member = T::from_minor_units(value);
  else if constexpr (timestamp_like<T>)
    member = T::from_unix_ms(value);
  else
    return false;
  return true;
}

template <class T>
bool set_text(T& member, const std::string& value) {
  if constexpr (std::same_as<T, std::string>)
    member = value;
  else if constexpr (described_enum<T>) {
    const auto named = enumerator_of<T>(value);
    if (!named) return false;
    member = *named;
  } else if constexpr (column_type_of<T>() == column_type::json)
    return !decode_stored(value, member);
  else
    return false;
  return true;
}

template <class T>
bool from_field(T& member, const field_value& value) {
  if constexpr (is_optional<T>) {
    member.reset();
    return std::holds_alternative<std::monostate>(value) || from_field(member.emplace(), value);
  } else {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return set_integer(member, *integer);
    if (const auto* text = std::get_if<std::string>(&value)) return set_text(member, *text);
    const auto* real = std::get_if<double>(&value);
    if constexpr (std::floating_point<T>)
      if (real) member = static_cast<T>(*real);
    return std::floating_point<T> && real;
  }
}

template <class Row, class Member>
constexpr described_column column_entry() {
  using type = std::remove_cvref_t<decltype(std::declval<Row&>().*Member::pointer)>;
  return {
      Member::name, column_type_of<type>(), is_optional<type>,
      [](const void* row) { return to_field(static_cast<const Row*>(row)->*Member::pointer); },
      [](void* row, const field_value& value) { return from_field(static_cast<Row*>(row)->*Member::pointer, value); }};
}

template <class Row, class... Members>
constexpr std::array<described_column, sizeof...(Members)> column_array(boost::mp11::mp_list<Members...>*) {
  return {column_entry<Row, Members>()...};
}

} // namespace detail

/// The columns of a described row, in the order of its description.
template <described_struct Row>
std::span<const described_column> described_columns() {
  static constexpr auto columns = detail::column_array<Row>(static_cast<detail::members_of<Row>*>(nullptr));
  return columns;
}

/// A row as the author's struct; nothing when the values are not of its description.
template <described_struct Row>
std::optional<Row> row_from(const row_values& values) {
  Row row{};
  if (!from_values(values, &row, described_columns<Row>())) return std::nullopt;
  return row;
}

} // namespace stele
