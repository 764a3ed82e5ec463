#include "persistence/json_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>

using namespace stele;

namespace {

std::string money_text(std::int64_t cents) {
  std::string out;
  append_json_money(out, cents);
  return out;
}

std::string moment_text(std::int64_t ms) {
  std::string out;
  append_rfc3339(out, ms);
  return out;
}

std::string string_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string shortest(double value) {
  char buffer[64];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

} // namespace

TEST(json_text, an_amount_has_two_decimals) {
  EXPECT_EQ(money_text(0), "0.00");
  EXPECT_EQ(money_text(5), "0.05");
  EXPECT_EQ(money_text(1998), "19.98");
  EXPECT_EQ(money_text(2000), "20.00");
  EXPECT_EQ(money_text(-5), "-0.05");
  EXPECT_EQ(money_text(std::int64_t{1} << 53), "90071992547409.92");
  EXPECT_EQ(money_text(std::numeric_limits<std::int64_t>::min()), "-92233720368547758.08");
}

TEST(json_text, a_price_is_the_double_nearest_to_a_cent) {
  EXPECT_EQ(read_money("19.98"), 1998);
  EXPECT_EQ(read_money("19.980"), 1998);
  EXPECT_EQ(read_money("1e2"), 10000);
  EXPECT_EQ(read_money("1.998E1"), 1998);
  EXPECT_EQ(read_money("0"), 0);
  EXPECT_EQ(read_money("-0.0"), 0);
  EXPECT_EQ(read_money("0.1"), 10);
  EXPECT_EQ(read_money("1000000000"), 100'000'000'000);
  EXPECT_EQ(read_money("-3"), -300);
  EXPECT_EQ(read_money("19.980000000000000001"), 1998); // The nearest double is that of 19.98.
  EXPECT_EQ(read_money("1e-2"), 1);
  for (const char* bad : {"1.001", "0.005", "19.985", "1e-3", "19.980000000000004", "1e400", "1e300",
                          "90071992547409.93", "123456789012345678", "", "-", "abc"})
    EXPECT_EQ(read_money(bad), std::nullopt) << bad;
}

TEST(json_text, neighbours_of_a_price_are_not_prices) {
  for (std::int64_t cents = 1; cents < 100'000'000'000; cents = cents * 3 + 1) {
    const double price = static_cast<double>(cents) / 100;
    EXPECT_EQ(read_money(shortest(price)), cents);
    EXPECT_EQ(read_money(shortest(std::nextafter(price, 0))), std::nullopt) << cents;
    EXPECT_EQ(read_money(shortest(std::nextafter(price, 1e300))), std::nullopt) << cents;
  }
}

RC_GTEST_PROP(json_text, an_amount_reads_back, (std::int64_t any)) {
  const std::int64_t cents = any % ((std::int64_t{1} << 53) + 1);
  RC_ASSERT(read_money(money_text(cents)) == cents);
}

RC_GTEST_PROP(json_text, what_is_printed_with_seventeen_digits_is_the_same_price, (std::uint32_t cents)) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", static_cast<double>(cents) / 100);
  RC_ASSERT(read_money(text) == static_cast<std::int64_t>(cents));
}

TEST(json_text, a_moment_is_shown_in_utc_with_milliseconds) {
  EXPECT_EQ(moment_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(moment_text(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(moment_text(1709208000123), "2024-02-29T12:00:00.123Z");
  EXPECT_EQ(moment_text(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(moment_text(std::numeric_limits<std::int64_t>::min()), "0000-01-01T00:00:00.000Z");
}

TEST(json_text, a_moment_is_read_with_any_offset) {
  EXPECT_EQ(read_rfc3339("2024-02-29T12:00:00.123Z"), 1709208000123);
  EXPECT_EQ(read_rfc3339("2024-02-29t12:00:00z"), 1709208000000);
  EXPECT_EQ(read_rfc3339("2024-02-29T14:30:00+02:30"), 1709208000000);
  EXPECT_EQ(read_rfc3339("2024-02-29T11:00:00.5-01:00"), 1709208000500);
  EXPECT_EQ(read_rfc3339("2024-02-29T12:00:00.123999Z"), 1709208000123);
  for (const char* bad :
       {"", "2024-02-30T12:00:00Z", "2023-02-29T12:00:00Z", "2024-13-01T00:00:00Z", "2024-02-29", "2024-02-29T12:00:00",
        "2024-02-29T24:00:00Z", "2024-02-29T12:60:00Z", "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00Zjunk",
        "2024-02-29T12:00:00+1:00", "24-02-29T12:00:00Z", "x"})
    EXPECT_EQ(read_rfc3339(bad), std::nullopt) << bad;
}

RC_GTEST_PROP(json_text, a_moment_reads_back, (std::int64_t any)) {
  const std::int64_t ms = any % 200'000'000'000'000;
  if (ms >= -62167219200000 && ms <= 253402300799999) RC_ASSERT(read_rfc3339(moment_text(ms)) == ms);
}

TEST(json_text, whole_numbers_may_be_written_in_other_ways) {
  EXPECT_EQ(read_integer("12"), 12);
  EXPECT_EQ(read_integer("3.0"), 3);
  EXPECT_EQ(read_integer("1e2"), 100);
  EXPECT_EQ(read_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const char* bad : {"1.5", "9223372036854775808", "1e30", "x", ""})
    EXPECT_EQ(read_integer(bad), std::nullopt) << bad;
  EXPECT_EQ(read_unsigned("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read_unsigned("-1"), std::nullopt);
}

TEST(json_text, strings_escape_what_json_wants_escaped) {
  EXPECT_EQ(string_text("plain"), "\"plain\"");
  EXPECT_EQ(string_text("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(string_text(std::string_view{"\0\x1f\n\t", 4}), R"("\u0000\u001f\n\t")");
  EXPECT_EQ(string_text("žluť 🐎"), "\"žluť 🐎\"");
}

TEST(json_text, a_real_number_that_is_not_finite_has_no_form) {
  std::string out;
  EXPECT_THROW(append_json_real(out, std::numeric_limits<double>::infinity()), std::domain_error);
  EXPECT_THROW(append_json_real(out, std::numeric_limits<double>::quiet_NaN()), std::domain_error);
}

TEST(json_text, tells_utf8_from_other_bytes) {
  for (std::string_view good : {"", "plain ascii that is long enough", "žluť", "🐎", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (std::string_view bad : {"\xff", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "12345678\xC3",
                               "\x80", "\xF0\x80\x80\x80", "\xE2\x82"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}
