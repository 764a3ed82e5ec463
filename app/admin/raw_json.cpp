#include "app/admin/raw_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

namespace stele::admin {

namespace {

namespace json = boost::json;

constexpr std::string_view blank = " \t\r\n";

// Where the value that begins at `from` ends: at a comma or a bracket that is not its own.
std::size_t end_of_value(std::string_view text, std::size_t from) {
  std::size_t depth = 0;
  for (bool in_text = false; from < text.size(); ++from) {
    const char c = text[from];
    if (in_text && c == '\\')
      ++from;
    else if (c == '"')
      in_text = !in_text;
    else if (in_text)
      continue;
    else if (c == '{' || c == '[')
      ++depth;
    else if (depth == 0 && (c == ',' || c == '}' || c == ']'))
      break;
    else if (c == '}' || c == ']')
      --depth;
  }
  return from;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) + 1 - first);
}

std::string unquoted(std::string_view text) {
  json::error_code fault;
  const auto value = json::parse({text.data(), text.size()}, fault);
  if (fault || !value.is_string()) return std::string(text);
  return {value.get_string().data(), value.get_string().size()};
}

// What stands between the outer brackets, cut at the commas between.
std::vector<std::string_view> parts(std::string_view text, char open) {
  std::vector<std::string_view> all;
  text = trimmed(text);
  if (text.size() < 2 || text.front() != open) return all;
  for (std::size_t at = 1; at + 1 < text.size();) {
    const auto end = end_of_value(text, at);
    if (const auto part = trimmed(text.substr(at, end - at)); !part.empty()) all.push_back(part);
    at = end + 1;
  }
  return all;
}

std::size_t end_of_text(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return end + 1;
}

} // namespace

std::vector<raw_member> raw_members(std::string_view object) {
  std::vector<raw_member> all;
  for (const auto part : parts(object, '{')) {
    const auto name_end = end_of_text(part);
    const auto colon = part.find(':', name_end);
    if (colon != std::string_view::npos)
      all.emplace_back(unquoted(part.substr(0, name_end)), trimmed(part.substr(colon + 1)));
  }
  return all;
}

std::vector<std::string_view> raw_items(std::string_view array) { return parts(array, '['); }

std::optional<std::string_view> raw_value(std::string_view object, std::string_view name) {
  for (const auto& [member, value] : raw_members(object))
    if (member == name) return value;
  return std::nullopt;
}

std::string plain(std::string_view value) {
  if (value == "null") return "-";
  return !value.empty() && value.front() == '"' ? unquoted(value) : std::string(value);
}

std::string plain_value(std::string_view object, std::string_view name) {
  const auto value = raw_value(object, name);
  return value ? plain(*value) : std::string();
}

std::string json_text(std::string_view text) { return json::serialize(json::string(text.data(), text.size())); }

} // namespace stele::admin
