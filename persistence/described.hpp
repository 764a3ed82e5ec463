// What the codec knows of a described struct, with its C++ type taken away: so that a struct costs little code.
#pragma once

#include "persistence/json_document.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stele {

/// How a value is read.
struct json_reading {
  bool strict = false;      ///< Unknown and missing fields and doubled keys are refused.
  bool text_values = false; ///< Numbers and booleans may stand as strings, as in a URL.
  json_problem problem;     ///< Why the last read failed.

  /// Always false, so that a reader can `return` it.
  bool fail(std::string code, std::string message);
  bool wrong_type(std::string_view wanted, const json_node& found);
  bool inside(std::string step); ///< On the way out: the problem lies in this step.
};

/// How a value is written.
enum class json_form {
  plain,    ///< Objects of free shape as they came.
  canonical ///< Equal values give equal text: free objects with their members sorted.
};

/// One member of a described struct.
struct described_field {
  std::string_view name;
  bool optional = false; ///< A `std::optional`: may be absent or null.
  bool (*read)(const json_node& from, void* object, json_reading& how) = nullptr;
  void (*append)(std::string& out, const void* object, json_form form) = nullptr;
};

/// Reads an object field by field into `object`; what is absent keeps its default unless the context is strict.
bool read_fields(const json_node& from, void* object, std::span<const described_field> fields, json_reading& how);
void append_fields(std::string& out, const void* object, std::span<const described_field> fields, json_form form);

/// Values of the domain that the codec knows by their members, since it can't know the domain itself.
template <class T>
concept money_like = requires(const T& x) {
  { x.minor_units() } -> std::same_as<std::int64_t>;
  { T::from_minor_units(std::int64_t{}) } -> std::same_as<T>;
};

template <class T>
concept timestamp_like = requires(const T& x) {
  { x.unix_ms() } -> std::same_as<std::int64_t>;
  { T::from_unix_ms(std::int64_t{}) } -> std::same_as<T>;
};

template <class T>
concept json_object_like = requires(const T& x) {
  { x.json() } -> std::convertible_to<std::string_view>;
  { T::from_json(std::string{}) } -> std::same_as<T>;
};

// Readers of single values; each refuses what is of another kind or outside its range.
bool read_boolean(const json_node& from, bool& value, json_reading& how);
bool read_whole(const json_node& from, std::int64_t& value, std::int64_t min, std::int64_t max, json_reading& how);
bool read_natural(const json_node& from, std::uint64_t& value, std::uint64_t max, json_reading& how);
bool read_real_number(const json_node& from, double& value, json_reading& how);
bool read_string(const json_node& from, std::string& value, json_reading& how);
bool read_amount(const json_node& from, std::int64_t& minor_units, json_reading& how);
bool read_moment(const json_node& from, std::int64_t& unix_ms, json_reading& how);
bool read_free_object(const json_node& from, std::string& text, json_reading& how);
bool bad_enumerator(const json_node& from, std::span<const std::string_view> names, json_reading& how);

void append_free_object(std::string& out, std::string_view text, json_form form);
void append_moment(std::string& out, std::int64_t unix_ms);

} // namespace stele
