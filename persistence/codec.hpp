// Described structs to JSON and back: strictly for what callers send, tolerantly for what was stored.
#pragma once

#include "persistence/codec_values.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stele {

inline constexpr std::size_t usual_bytes = 200; ///< Of an event or a command: room that rarely has to grow.

/// `{"product_id":"p","quantity":2,"price":19.98}`.
template <class T>
std::string encode(const T& value) {
  std::string out;
  out.reserve(usual_bytes);
  append_value(out, value, json_form::plain);
  return out;
}

/// Equal values give equal text: what a command's digest is made of.
template <class T>
std::string encode_canonical(const T& value) {
  std::string out;
  out.reserve(usual_bytes);
  append_value(out, value, json_form::canonical);
  return out;
}

/// Reads what a caller sent: an unknown, missing or doubled field and a wrong type are problems that name the field.
/// Fields that are `std::optional` may be absent. Nothing: `value` holds it.
template <class T>
std::optional<json_problem> decode_strict(std::string_view text, T& value, const json_limits& limits = {}) {
  json_document document;
  if (auto problem = document.read(text, limits)) return problem;
  json_reading how{true, false, {}};
  if (!read_value(document.root(), value, how)) return std::move(how.problem);
  return std::nullopt;
}

/// Depth of what is stored: a command at its limit stands a few levels deeper in a state.
inline constexpr json_limits stored_limits{128, 1u << 30};

/// Reads what was stored, perhaps by an older or a newer program: absent fields keep their defaults, unknown ones are
/// skipped. A wrong type is still a problem.
template <class T>
std::optional<json_problem> decode_stored(std::string_view text, T& value) {
  json_document document;
  if (auto problem = document.read(text, stored_limits)) return problem;
  json_reading how;
  if (!read_value(document.root(), value, how)) return std::move(how.problem);
  return std::nullopt;
}

/// One sentence of a problem: `/items/0/price: wanted a number, found a string`.
std::string to_string(const json_problem& problem);

} // namespace stele
