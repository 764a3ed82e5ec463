// From a member pointer of a row to the name of its column.
#pragma once

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace stele {

/// A name of a column; empty: the member isn't described.
template <class Row, class Field>
constexpr std::string_view column_of(Field Row::*member) {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_members<Row, boost::describe::mod_public>>([&](auto field) {
    if constexpr (std::is_same_v<std::remove_cv_t<decltype(field.pointer)>, Field Row::*>)
      if (field.pointer == member) name = field.name;
  });
  return name;
}

/// Some columns of a row, in an order: an index, or the fields a caller may sort by.
struct column_list {
  static constexpr std::size_t names_max = 16;
  std::array<std::string_view, names_max> names{};
  std::size_t count = 0;

  constexpr bool contains(std::string_view name) const {
    for (std::size_t i = 0; i < count; ++i)
      if (names[i] == name) return true;
    return false;
  }
};

/// `stele::columns(&row::customer_id, &row::created_at)`.
template <class Row, class... Fields>
constexpr column_list columns(Fields Row::*... members) {
  static_assert(sizeof...(Fields) <= column_list::names_max, "a list of columns holds at most 16 of them");
  return {{column_of(members)...}, sizeof...(Fields)};
}

} // namespace stele
