#include "persistence/described.hpp"

#include "persistence/json_text.hpp"

#include <bitset>

namespace stele {

namespace {

constexpr std::size_t shown_max = 64; // Bytes of what a caller sent that a message shows.

std::string shown(std::string_view text) {
  if (text.size() <= shown_max) return std::string{text};
  std::size_t end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end; // Not inside a character.
  return std::string{text.substr(0, end)} + "...";
}

std::string names_of(std::span<const described_field> fields) {
  std::string names;
  for (const auto& field : fields) (names += names.empty() ? "" : ", ") += field.name;
  return names.empty() ? "no fields" : names;
}

std::size_t find(std::span<const described_field> fields, std::string_view name) {
  std::size_t i = 0;
  while (i < fields.size() && fields[i].name != name) ++i;
  return i;
}

bool missing(const described_field& field, json_reading& how) {
  how.fail("missing_field", "the field " + std::string{field.name} + " is missing");
  return how.inside(pointer_step(field.name));
}

/// The text of a number, also from a string when strings may stand for numbers.
bool number_text(const json_node& from, std::string_view wanted, std::string_view& text, json_reading& how) {
  const bool good = from.kind == json_kind::number ||
                    (how.text_values && from.kind == json_kind::string && is_json_number(from.text));
  text = from.text;
  return good || how.wrong_type(wanted, from);
}

constexpr std::size_t fields_max = 128;

} // namespace

bool json_reading::fail(std::string code, std::string message) {
  problem = {std::move(code), std::move(message), {}};
  return false;
}

bool json_reading::wrong_type(std::string_view wanted, const json_node& found) {
  std::string what{to_string(found.kind)};
  if (found.kind == json_kind::number) what += " (" + shown(found.text) + ")";
  if (found.kind == json_kind::string) what += " (\"" + shown(found.text) + "\")";
  return fail("wrong_type", "wanted " + std::string{wanted} + ", found " + what);
}

bool json_reading::inside(std::string step) {
  problem.pointer.insert(0, step);
  return false;
}

bool read_fields(const json_node& from, void* object, std::span<const described_field> fields, json_reading& how) {
  if (from.kind != json_kind::object) return how.wrong_type("an object", from);
  std::bitset<fields_max> seen;
  for (auto* key = from.first(); key != from.end(); key = key->next()->next()) {
    const std::size_t i = find(fields, key->text);
    if (i == fields.size()) {
      if (!how.strict) continue;
      how.fail("unknown_field", "unknown field \"" + shown(key->text) + "\"; known are " + names_of(fields));
      return how.inside(pointer_step(shown(key->text)));
    }
    if (how.strict && seen[i]) {
      how.fail("duplicate_field", "the field " + std::string{fields[i].name} + " stands twice");
      return how.inside(pointer_step(fields[i].name));
    }
    seen[i] = true;
    if (!fields[i].read(*key->next(), object, how)) return how.inside(pointer_step(fields[i].name));
  }
  for (std::size_t i = 0; how.strict && i < fields.size(); ++i)
    if (!seen[i] && !fields[i].optional) return missing(fields[i], how);
  return true;
}

void append_fields(std::string& out, const void* object, std::span<const described_field> fields, json_form form) {
  char before = '{';
  for (const auto& field : fields) {
    out += before, before = ',';
    out += '"', out += field.name, out += "\":";
    field.append(out, object, form);
  }
  if (fields.empty()) out += '{';
  out += '}';
}

bool read_boolean(const json_node& from, bool& value, json_reading& how) {
  const bool text = how.text_values && from.kind == json_kind::string && (from.text == "true" || from.text == "false");
  if (from.kind != json_kind::boolean && !text) return how.wrong_type("true or false", from);
  value = text ? from.text == "true" : from.truth;
  return true;
}

bool read_whole(const json_node& from, std::int64_t& value, std::int64_t min, std::int64_t max, json_reading& how) {
  std::string_view text;
  if (!number_text(from, "a whole number", text, how)) return false;
  const auto whole = read_integer(text);
  if (!whole) return how.wrong_type("a whole number", from);
  if (*whole < min || *whole > max)
    return how.fail("out_of_range", "wanted a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                                        ", found " + shown(text));
  value = *whole;
  return true;
}

bool read_natural(const json_node& from, std::uint64_t& value, std::uint64_t max, json_reading& how) {
  std::string_view text;
  if (!number_text(from, "a whole number from 0", text, how)) return false;
  const auto whole = read_unsigned(text);
  if (!whole || *whole > max)
    return how.fail(whole ? "out_of_range" : "wrong_type",
                    "wanted a whole number from 0 to " + std::to_string(max) + ", found " + shown(text));
  value = *whole;
  return true;
}

bool read_real_number(const json_node& from, double& value, json_reading& how) {
  std::string_view text;
  if (!number_text(from, "a number", text, how)) return false;
  const auto real = read_real(text);
  if (!real) return how.fail("out_of_range", "wanted a number that a double holds, found " + shown(text));
  value = *real;
  return true;
}

bool read_string(const json_node& from, std::string& value, json_reading& how) {
  if (from.kind != json_kind::string) return how.wrong_type("a string", from);
  value.assign(from.text);
  return true;
}

bool read_amount(const json_node& from, std::int64_t& minor_units, json_reading& how) {
  constexpr std::string_view wanted = "an amount: a number with at most two decimals";
  std::string_view text;
  if (!number_text(from, wanted, text, how)) return false;
  const auto units = read_money(text);
  if (!units) return how.wrong_type(wanted, from);
  minor_units = *units;
  return true;
}

bool read_moment(const json_node& from, std::int64_t& unix_ms, json_reading& how) {
  constexpr std::string_view wanted = "a moment such as \"2024-02-29T12:00:00.000Z\"";
  if (from.kind != json_kind::string) return how.wrong_type(wanted, from);
  const auto ms = read_rfc3339(from.text);
  if (!ms) return how.wrong_type(wanted, from);
  unix_ms = *ms;
  return true;
}

bool read_free_object(const json_node& from, std::string& text, json_reading& how) {
  if (from.kind != json_kind::object) return how.wrong_type("an object", from);
  if (how.strict)
    if (auto twice = duplicate_key(from)) {
      how.fail("duplicate_field", "a field stands twice in its object");
      return how.inside(*std::move(twice));
    }
  text.clear();
  append_json(text, from, false);
  return true;
}

bool bad_enumerator(const json_node& from, std::span<const std::string_view> names, json_reading& how) {
  std::string wanted;
  for (auto name : names) (wanted += wanted.empty() ? "one of " : ", ") += name;
  return how.wrong_type(wanted, from);
}

void append_free_object(std::string& out, std::string_view text, json_form form) {
  json_document document;
  if (form == json_form::canonical && !document.read(text))
    append_json(out, document.root(), true);
  else
    out += text;
}

void append_moment(std::string& out, std::int64_t unix_ms) {
  out += '"';
  append_rfc3339(out, unix_ms);
  out += '"';
}

} // namespace stele
