// Typed commands, queries and rows of a domain header, as the text the wire carries.
#pragma once

#include "persistence/codec.hpp"
#include "persistence/type_name.hpp"

#include <optional>
#include <string>

namespace stele {

template <class Aggregate>
std::string aggregate_name() {
  return std::string{std::string_view{Aggregate::name}};
}

/// `create_order` of `order::create_order`; `orders_of_customer` of a query.
template <class Struct>
std::string struct_name() {
  return std::string{type_name<Struct>()};
}

/// A row of an answer as the struct its view describes; nothing when it is another kind of row.
template <class Row>
std::optional<Row> read_row(std::string_view json) {
  Row row{};
  if (decode_stored(json, row)) return std::nullopt;
  return row;
}

} // namespace stele
