#include "persistence/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace stele {

namespace {

constexpr std::int64_t money_max = std::int64_t{1} << 53;
constexpr double whole_max = 9007199254740992.0; // 2^53: from here on doubles skip whole numbers.

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\b':
    out += "\\b";
    return;
  case '\f':
    out += "\\f";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    out += "\\u00", out += hex_digits[c >> 4], out += hex_digits[c & 15];
  }
}

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// The exact way for what we write ourselves: digits with at most two decimals. Nothing: not of that form, or too long.
std::optional<std::int64_t> read_plain_money(std::string_view number) {
  const bool negative = !number.empty() && number.front() == '-';
  if (negative) number.remove_prefix(1);
  const std::size_t point = skip_digits(number, 0);
  if (point == 0 || point > 14) return std::nullopt;
  std::size_t decimals = 0;
  if (point < number.size()) {
    decimals = number.size() - point - 1;
    if (number[point] != '.' || decimals < 1 || decimals > 2 || skip_digits(number, point + 1) != number.size())
      return std::nullopt;
  }
  std::int64_t units = 0;
  for (char c : number)
    if (c != '.') units = units * 10 + (c - '0');
  for (; decimals < 2; ++decimals) units *= 10;
  return negative ? -units : units;
}

struct date {
  int year, month, day;
};

// Howard Hinnant's civil calendar: days since 1970-01-01 and back, over the proleptic Gregorian calendar.
std::int64_t days_from_date(date d) {
  const std::int64_t year = d.year - (d.month <= 2);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

date date_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2)), month,
          static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

int days_in_month(int year, int month) {
  constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

void append_padded(std::string& out, std::int64_t value, int width) {
  std::array<char, 20> digits;
  for (int i = width - 1; i >= 0; --i, value /= 10)
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(digits.data(), static_cast<std::size_t>(width));
}

/// A cursor over fixed-width fields of a moment; once something doesn't fit it stays failed.
struct moment_reader {
  std::string_view rest;
  bool good = true;

  int digits(std::size_t count) {
    if (!good || rest.size() < count || skip_digits(rest.substr(0, count), 0) != count) return fail();
    int value = 0;
    for (char c : rest.substr(0, count)) value = value * 10 + (c - '0');
    rest.remove_prefix(count);
    return value;
  }
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void want(char c) { good = good && take(c); }
  int fail() {
    good = false;
    return 0;
  }

  int milliseconds() {
    if (!take('.')) return 0;
    const std::size_t count = skip_digits(rest, 0);
    if (count == 0) return fail();
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) value = value * 10 + (i < count ? rest[i] - '0' : 0);
    rest.remove_prefix(count);
    return value;
  }

  /// Minutes east of Greenwich.
  int offset() {
    if (take('Z') || take('z')) return 0;
    const bool west = !rest.empty() && rest.front() == '-';
    if (!take('+') && !take('-')) return fail();
    const int hours = digits(2);
    want(':');
    const int minutes = digits(2);
    if (hours > 23 || minutes > 59) return fail();
    return (west ? -1 : 1) * (hours * 60 + minutes);
  }
};

/// Bytes of the UTF-8 sequence at `at`; 0: it isn't one.
std::size_t sequence_length(const unsigned char* at, std::size_t left) {
  const unsigned char lead = at[0];
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : (lead & 0xF0) == 0xE0       ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || length > left) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((at[i] & 0xC0) != 0x80) return 0;
  if (lead == 0xE0 && at[1] < 0xA0) return 0; // Overlong.
  if (lead == 0xED && at[1] > 0x9F) return 0; // Surrogate.
  if (lead == 0xF0 && at[1] < 0x90) return 0; // Overlong.
  if (lead == 0xF4 && at[1] > 0x8F) return 0; // Above U+10FFFF.
  return length;
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0; // Where the run of characters begins that need no escape.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    append_escape(out, c);
    plain = i + 1;
  }
  out.append(text, plain);
  out += '"';
}

void append_json_integer(std::string& out, std::int64_t value) { append_number(out, value); }
void append_json_unsigned(std::string& out, std::uint64_t value) { append_number(out, value); }

void append_json_real(std::string& out, double value) {
  if (!std::isfinite(value)) throw std::domain_error{"a real number that is not finite has no JSON form"};
  append_number(out, value);
}

void append_json_money(std::string& out, std::int64_t minor_units) {
  // Unsigned, so that the smallest amount has a magnitude too.
  std::uint64_t units = static_cast<std::uint64_t>(minor_units);
  if (minor_units < 0) {
    out += '-';
    units = 0 - units;
  }
  append_number(out, units / 100);
  out += '.';
  out += static_cast<char>('0' + units / 10 % 10);
  out += static_cast<char>('0' + units % 10);
}

void append_rfc3339(std::string& out, std::int64_t unix_ms) {
  constexpr std::int64_t first = -62167219200000, last = 253402300799999;
  const std::int64_t ms = unix_ms < first ? first : unix_ms > last ? last : unix_ms;
  const std::int64_t days = (ms >= 0 ? ms : ms - 86399999) / 86400000;
  std::int64_t rest = ms - days * 86400000;
  const date day = date_from_days(days);
  append_padded(out, day.year, 4);
  out += '-', append_padded(out, day.month, 2);
  out += '-', append_padded(out, day.day, 2);
  out += 'T', append_padded(out, rest / 3600000, 2), rest %= 3600000;
  out += ':', append_padded(out, rest / 60000, 2), rest %= 60000;
  out += ':', append_padded(out, rest / 1000, 2), rest %= 1000;
  out += '.', append_padded(out, rest, 3);
  out += 'Z';
}

std::optional<std::int64_t> read_integer(std::string_view number) {
  if (auto plain = read_number<std::int64_t>(number)) return plain;
  const auto real = read_real(number);
  if (!real || std::abs(*real) > whole_max || std::trunc(*real) != *real) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::uint64_t> read_unsigned(std::string_view number) {
  if (auto plain = read_number<std::uint64_t>(number)) return plain;
  const auto whole = read_integer(number);
  if (!whole || *whole < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*whole);
}

std::optional<double> read_real(std::string_view number) { return read_number<double>(number); }

std::optional<std::int64_t> read_money(std::string_view number) {
  std::optional<std::int64_t> units = read_plain_money(number);
  if (!units) {
    const auto real = read_real(number);
    if (!real || std::abs(*real) > whole_max / 100) return std::nullopt;
    // A quotient of two doubles that are exact is the double nearest to it: the very rule.
    const std::int64_t near = std::llround(*real * 100);
    for (std::int64_t candidate : {near, near - 1, near + 1})
      if (static_cast<double>(candidate) / 100 == *real) {
        units = candidate;
        break;
      }
  }
  if (!units || *units > money_max || *units < -money_max) return std::nullopt;
  return units;
}

std::optional<std::int64_t> read_rfc3339(std::string_view text) {
  moment_reader read{text};
  date day{};
  day.year = read.digits(4), read.want('-'), day.month = read.digits(2), read.want('-'), day.day = read.digits(2);
  if (!read.take('T') && !read.take('t') && !read.take(' ')) return std::nullopt;
  const int hour = read.digits(2);
  read.want(':');
  const int minute = read.digits(2);
  read.want(':');
  const int second = read.digits(2);
  const int ms = read.milliseconds();
  const int offset = read.offset();
  if (!read.good || !read.rest.empty() || day.month < 1 || day.month > 12 || day.day < 1 ||
      day.day > days_in_month(day.year, day.month) || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const std::int64_t seconds =
      days_from_date(day) * 86400 + hour * 3600 + (minute - offset) * 60 + (second == 60 ? 59 : second);
  return seconds * 1000 + ms; // A leap second is its last ordinary second: days have 86400 of them here.
}

bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text.front() == '-' ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  if (whole == at || (text[at] == '0' && whole > at + 1)) return false;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t decimals = skip_digits(text, at + 1);
    if (decimals == at + 1) return false;
    at = decimals;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-') ? 1 : 0;
    const std::size_t exponent = skip_digits(text, at + 1 + sign);
    if (exponent == at + 1 + sign) return false;
    at = exponent;
  }
  return at == text.size();
}

bool is_utf8(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  while (left > 0) {
    std::uint64_t eight = 0;
    if (left >= 8 && (std::memcpy(&eight, at, 8), (eight & 0x8080808080808080u) == 0)) {
      at += 8, left -= 8; // Eight ASCII characters at once: nearly all there is.
      continue;
    }
    const std::size_t length = sequence_length(at, left);
    if (length == 0) return false;
    at += length, left -= length;
  }
  return true;
}

} // namespace stele
