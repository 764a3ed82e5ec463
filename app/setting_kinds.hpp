// Kinds of settings: how each is shown, read and checked. Only the table of settings uses it.
#pragma once

#include "app/settings_list.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// A function from a config to one of its fields.
#define STELE_FIELD(path)                                                                                              \
  [](auto& of) -> auto& { return of.path; }

namespace stele {

/// Where a setting stands and what it is for.
struct setting_words {
  std::string section, key, unit, reason;
};

/// A whole number in a range. `field` is a STELE_FIELD of any arithmetic type.
template <class Field>
setting number(setting_words words, std::uint64_t least, std::uint64_t most, Field field) {
  setting it{
      std::move(words.section), std::move(words.key), std::move(words.unit), {}, std::move(words.reason), {}, {}};
  it.wanted = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  it.show = [field](const config& from) { return std::to_string(static_cast<std::uint64_t>(field(from))); };
  it.read = [field, least, most](config& into, std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || value < least || value > most) return false;
    field(into) = static_cast<std::remove_reference_t<decltype(field(into))>>(value);
    return true;
  };
  return it;
}

/// A text that `fits`.
template <class Field>
setting text(setting_words words, std::string wanted, bool (*fits)(std::string_view), Field field) {
  setting it{std::move(words.section),
             std::move(words.key),
             std::move(words.unit),
             std::move(wanted),
             std::move(words.reason),
             {},
             {}};
  it.show = [field](const config& from) { return field(from); };
  it.read = [field, fits](config& into, std::string_view value) {
    if (!fits(value)) return false;
    field(into) = std::string(value);
    return true;
  };
  return it;
}

/// `true` or `false`.
template <class Field>
setting flag(setting_words words, Field field) {
  setting it{std::move(words.section),
             std::move(words.key),
             std::move(words.unit),
             "true or false",
             std::move(words.reason),
             {},
             {}};
  it.show = [field](const config& from) { return field(from) ? "true" : "false"; };
  it.read = [field](config& into, std::string_view value) {
    if (value != "true" && value != "false") return false;
    field(into) = value == "true";
    return true;
  };
  return it;
}

/// Names with commas between them; may be empty.
template <class Field>
setting name_list(setting_words words, Field field) {
  setting it{std::move(words.section),
             std::move(words.key),
             std::move(words.unit),
             "names, with commas between them",
             std::move(words.reason),
             {},
             {}};
  it.show = [field](const config& from) {
    std::string shown;
    for (const auto& name : field(from)) shown += (shown.empty() ? "" : ", ") + name;
    return shown;
  };
  it.read = [field](config& into, std::string_view value) {
    std::vector<std::string> names;
    for (std::size_t from = 0; from < value.size();) {
      const auto comma = std::min(value.find(',', from), value.size());
      const auto first = value.find_first_not_of(' ', from);
      const auto name = value.substr(first, value.find_last_not_of(' ', comma - 1) + 1 - first);
      if (first >= comma || name.find_first_of(" \t") != std::string_view::npos) return false;
      names.emplace_back(name);
      from = comma + 1;
    }
    field(into) = std::move(names);
    return true;
  };
  return it;
}

} // namespace stele
