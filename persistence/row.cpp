#include "persistence/row.hpp"

#include "persistence/json_text.hpp"

#include <xxhash.h>

#include <bit>

namespace stele {

namespace {

void append_integer(std::string& out, column_type type, std::int64_t value) {
  switch (type) {
  case column_type::boolean:
    out += value != 0 ? "true" : "false";
    return;
  case column_type::money:
    append_json_money(out, value);
    return;
  case column_type::timestamp:
    out += '"';
    append_rfc3339(out, value);
    out += '"';
    return;
  default:
    append_json_integer(out, value);
  }
}

void append_field(std::string& out, column_type type, const field_value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    append_integer(out, type, *integer);
  else if (const auto* real = std::get_if<double>(&value))
    append_json_real(out, *real);
  else if (const auto* text = std::get_if<std::string>(&value))
    type == column_type::json ? void(out += *text) : append_json_string(out, *text);
  else
    out += "null";
}

std::uint64_t mix(std::uint64_t seed, const void* bytes, std::size_t size) { return XXH64(bytes, size, seed); }

/// The kind goes in too: null, 0 and an empty text are three things.
std::uint64_t mix(std::uint64_t seed, const field_value& value) {
  const std::uint64_t kind = value.index();
  seed = mix(seed, &kind, sizeof kind);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return mix(seed, integer, sizeof *integer);
  if (const auto* text = std::get_if<std::string>(&value)) return mix(seed, text->data(), text->size());
  if (const auto* real = std::get_if<double>(&value)) {
    const double one_zero = *real == 0 ? 0 : *real; // -0 equals 0, and a store may forget the sign.
    return mix(seed, &one_zero, sizeof one_zero);
  }
  return seed;
}

} // namespace

static_assert(std::endian::native == std::endian::little, "row_hash is defined over little-endian bytes");

std::optional<std::size_t> column_index(const table_schema& schema, std::string_view name) {
  for (std::size_t i = 0; i < schema.columns.size(); ++i)
    if (schema.columns[i].name == name) return i;
  return std::nullopt;
}

void append_row_json(std::string& out, const table_schema& schema, const row_values& row) {
  out += '{';
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, schema.columns[i].name);
    out += ':';
    append_field(out, schema.columns[i].type, i < row.size() ? row[i] : field_value{});
  }
  out += '}';
}

std::string row_json(const table_schema& schema, const row_values& row) {
  std::string out;
  append_row_json(out, schema, row);
  return out;
}

std::uint64_t row_hash(const row_values& row) {
  std::uint64_t hash = row.size();
  for (const field_value& value : row) hash = mix(hash, value);
  return hash;
}

} // namespace stele
