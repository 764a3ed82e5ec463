#include "app/check/json_reader.hpp"

#include <charconv>

namespace stele::check {

namespace {

constexpr int depth_max = 64;

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  out += static_cast<char>((0xFF00 >> (more + 1) & 0xFF) | point >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (point >> (6 * i) & 0x3F));
}

// `1.50` and `1.5` mean the same.
std::string_view shortest(std::string_view number) {
  if (number.find('.') == std::string_view::npos || number.find_first_of("eE") != std::string_view::npos) return number;
  while (number.back() == '0') number.remove_suffix(1);
  if (number.back() == '.') number.remove_suffix(1);
  return number;
}

} // namespace

char json_reader::next() {
  while (!rest_.empty() && (rest_.front() == ' ' || (rest_.front() >= '\t' && rest_.front() <= '\r')))
    rest_.remove_prefix(1);
  return rest_.empty() ? '\0' : rest_.front();
}

bool json_reader::take(char wanted) {
  if (next() != wanted) return false;
  rest_.remove_prefix(1);
  return true;
}

bool json_reader::at_end() { return next() == '\0' && rest_.empty(); }

bool json_reader::word(std::string_view wanted) {
  if (rest_.substr(0, wanted.size()) != wanted) return false;
  rest_.remove_prefix(wanted.size());
  return true;
}

bool json_reader::text(std::string& out) {
  if (!take('"')) return false;
  out.clear();
  for (;;) {
    const auto stop = rest_.find_first_of("\"\\");
    if (stop == std::string_view::npos) return false;
    out.append(rest_.substr(0, stop));
    const bool over = rest_[stop] == '"';
    rest_.remove_prefix(stop + 1);
    if (over) return true;
    if (!escape(out)) return false;
  }
}

bool json_reader::escape(std::string& out) {
  if (rest_.empty()) return false;
  const char named = rest_.front();
  rest_.remove_prefix(1);
  constexpr std::string_view names = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
  if (const auto at = names.find(named); at != std::string_view::npos) {
    out += meant[at];
    return true;
  }
  std::uint32_t point = 0, low = 0;
  if (named != 'u' || !hex(point)) return false;
  if (point >= 0xD800 && point < 0xDC00) {
    if (!word("\\u") || !hex(low) || low < 0xDC00 || low > 0xDFFF) return false;
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(out, point);
  return true;
}

bool json_reader::hex(std::uint32_t& out) {
  if (rest_.size() < 4) return false;
  const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + 4, out, 16);
  const bool good = fault == std::errc{} && end == rest_.data() + 4;
  rest_.remove_prefix(4);
  return good;
}

bool json_reader::number(std::string_view& out) {
  const char first = next();
  if (first != '-' && (first < '0' || first > '9')) return false;
  out = rest_.substr(0, rest_.find_first_not_of("+-.0123456789eE"));
  rest_.remove_prefix(out.size());
  return true;
}

bool json_reader::whole(std::uint64_t& out) {
  std::string_view digits;
  if (!number(digits)) return false;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return fault == std::errc{} && end == digits.data() + digits.size();
}

bool json_reader::truth(bool& out) {
  out = next() == 't';
  return word(out ? "true" : "false");
}

bool json_reader::skip() {
  std::uint64_t ignored = 0;
  return meaning(ignored);
}

bool json_reader::raw(std::string_view& out) {
  next();
  const auto from = rest_;
  if (!skip()) return false;
  out = from.substr(0, from.size() - rest_.size());
  return true;
}

bool json_reader::meaning(std::uint64_t& out) {
  if (depth_ == depth_max) return false;
  ++depth_;
  std::uint64_t part = 0;
  std::string text_value;
  std::string_view digits;
  bool good = false;
  out = 0;
  switch (next()) {
  case '{':
    good = object([&](std::string_view name) {
      const auto named = hash_of(name);
      return meaning(part) && (out += hash_of(named, part), true);
    });
    break;
  case '[':
    out = 1;
    good = array([&] { return meaning(part) && (out = hash_of(out, part), true); });
    break;
  case '"':
    good = text(text_value);
    out = hash_of(text_value);
    break;
  case 't':
  case 'f':
  case 'n':
    out = static_cast<std::uint8_t>(rest_.front());
    good = word("true") || word("false") || word("null");
    break;
  default:
    good = number(digits);
    out = good ? hash_of(hash_of(shortest(digits)), 2) : 0;
  }
  --depth_;
  return good;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return hash_of(hash, text.size());
}

std::uint64_t hash_of(std::uint64_t first, std::uint64_t second) {
  auto mixed = (first ^ (second + 0x9e3779b97f4a7c15 + (first << 6) + (first >> 2))) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

} // namespace stele::check
