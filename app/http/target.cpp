#include "app/http/target.hpp"

#include "app/http/header_list.hpp"
#include "persistence/json_text.hpp"

#include <algorithm>

namespace stele::http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode_text(std::string_view raw, bool plus_is_space) {
  auto text = percent_decode(raw, plus_is_space);
  if (text && !is_utf8(*text)) text.reset();
  return text;
}

// Takes `http://host` off the front.
void take_origin(std::string_view& text, target& out) {
  if (text.size() < 7 || !same_name(text.substr(0, 7), "http://")) return;
  text.remove_prefix(7);
  const auto end = std::min(text.find_first_of("/?"), text.size());
  out.host = text.substr(0, end);
  text.remove_prefix(end);
  if (text.empty() || text.front() == '?') text = "/";
}

std::optional<std::string> parse_path(std::string_view text, target& out) {
  while (!text.empty()) {
    text.remove_prefix(1);
    const auto end = std::min(text.find('/'), text.size());
    auto segment = decode_text(text.substr(0, end), false);
    if (!segment) return "the path must be UTF-8 with valid %XX escapes";
    if (*segment == "." || *segment == "..") return "the path must not hold the segments '.' and '..'";
    out.path.push_back(std::move(*segment));
    text.remove_prefix(end);
  }
  return std::nullopt;
}

std::optional<std::string> parse_query(std::string_view text, target& out) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode_text(pair.substr(0, equals), true);
    auto value = decode_text(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return "the query must be UTF-8 with valid %XX escapes";
    out.query.emplace_back(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    }
  }
  return out;
}

std::variant<target, std::string> parse_target(std::string_view text) {
  target out;
  take_origin(text, out);
  if (text.empty() || text.front() != '/') return "the target of a request must be a path that begins with '/'";
  if (text.find('#') != std::string_view::npos) return "the target of a request must not hold a fragment ('#')";
  const auto question = std::min(text.find('?'), text.size());
  if (auto wrong = parse_path(text.substr(0, question), out)) return *wrong;
  if (auto wrong = parse_query(text.substr(std::min(question + 1, text.size())), out)) return *wrong;
  return out;
}

} // namespace stele::http
