#include "persistence/codec.hpp"

#include "domain/kernel/json_object.hpp"
#include "domain/kernel/money.hpp"
#include "domain/kernel/timestamp.hpp"
#include "domain/order.hpp"
#include "persistence/description.hpp"
#include "persistence/footprint.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace codec_test {

enum class colour { red, green };

struct part {
  std::string name;
  std::int32_t count = 7;
};

struct sample {
  bool flag = false;
  std::int64_t whole = 0;
  std::uint8_t small = 0;
  double real = 0;
  std::string text;
  colour shade = colour::red;
  std::optional<std::int64_t> maybe;
  std::vector<part> parts;
  std::map<std::string, std::int64_t> counts;
  stele::money price;
  stele::timestamp at;
  stele::json_object free;
};

struct small {
  std::string name = "nobody";
  std::optional<std::int64_t> age;
  std::int64_t count = 3;
};

struct renamed {
  std::string called = "nobody";
  std::optional<std::int64_t> age;
  std::int64_t count = 3;
};

BOOST_DESCRIBE_ENUM(colour, red, green)
BOOST_DESCRIBE_STRUCT(part, (), (name, count))
BOOST_DESCRIBE_STRUCT(sample, (), (flag, whole, small, real, text, shade, maybe, parts, counts, price, at, free))
BOOST_DESCRIBE_STRUCT(small, (), (name, age, count))
BOOST_DESCRIBE_STRUCT(renamed, (), (called, age, count))

} // namespace codec_test

using namespace stele;
using namespace codec_test;

namespace {

template <class T>
json_problem strict_problem(std::string_view text) {
  T value{};
  return decode_strict(text, value).value_or(json_problem{});
}

template <class T>
std::string shown(std::string_view text) {
  const json_problem problem = strict_problem<T>(text);
  return problem.code + ' ' + problem.pointer;
}

constexpr std::string_view everything =
    R"({"flag":true,"whole":-5,"small":255,"real":0.1,"text":"a\nb","shade":"green","maybe":null,)"
    R"("parts":[{"name":"x","count":1},{"name":"y","count":2}],"counts":{"a":1,"b":2},"price":20.00,)"
    R"("at":"2024-02-29T12:00:00.000Z","free":{"z":[1.50,{}],"a":null}})";

} // namespace

TEST(codec, every_type_of_field_reads_back_as_it_was_written) {
  sample value;
  ASSERT_FALSE(decode_strict(everything, value));
  EXPECT_EQ(encode(value), everything);
  EXPECT_EQ(value.price, cents(2000));
  EXPECT_EQ(value.shade, colour::green);
  EXPECT_EQ(value.at.unix_ms(), 1709208000000);
  EXPECT_EQ(value.free.json(), R"({"z":[1.50,{}],"a":null})");
}

TEST(codec, the_canonical_form_sorts_free_objects) {
  sample value;
  ASSERT_FALSE(decode_strict(everything, value));
  EXPECT_NE(encode_canonical(value).find(R"("free":{"a":null,"z":[1.50,{}]}})"), std::string::npos);
}

TEST(codec, equal_commands_have_one_canonical_form) {
  order::add_order_item a, b;
  ASSERT_FALSE(decode_strict(R"({"product_id":"pen","quantity":2,"price":19.98})", a));
  ASSERT_FALSE(decode_strict(R"( {"price": 1.9980e1, "quantity":2.0,"product_id":"\u0070en" } )", b));
  EXPECT_EQ(encode_canonical(a), encode_canonical(b));
}

TEST(codec, a_command_with_an_unknown_field_is_refused) {
  EXPECT_EQ(shown<small>(R"({"name":"a","count":1,"nmae":"b"})"), "unknown_field /nmae");
  EXPECT_EQ(strict_problem<small>(R"({"x":1})").message, "unknown field \"x\"; known are name, age, count");
  EXPECT_EQ(
      shown<order::create_order>(R"({"customer_id":"a","items":[{"product_id":"p","quantity":1,"price":1,"a/b~":1}]})"),
      "unknown_field /items/0/a~1b~0");
}

TEST(codec, a_command_with_a_missing_field_is_refused) {
  EXPECT_EQ(shown<small>(R"({"name":"a"})"), "missing_field /count");
  EXPECT_EQ(shown<order::create_order>(R"({"customer_id":"a","items":[{"product_id":"p","quantity":1,"price":1},{}]})"),
            "missing_field /items/1/product_id");
}

TEST(codec, an_optional_field_may_be_absent_or_null) {
  EXPECT_EQ(shown<small>(R"({"name":"a","count":1})"), " ");
  EXPECT_EQ(shown<small>(R"({"name":"a","count":1,"age":null})"), " ");
  EXPECT_EQ(shown<small>(R"({"name":null,"count":1})"), "wrong_type /name");
}

TEST(codec, a_command_with_a_field_twice_is_refused) {
  EXPECT_EQ(shown<small>(R"({"name":"a","count":1,"name":"b"})"), "duplicate_field /name");
  EXPECT_EQ(shown<order::create_order>(R"({"shipping_address":{"a":{"b":1,"b":1}}})"),
            "duplicate_field /shipping_address/a/b");
}

TEST(codec, a_wrong_type_is_refused_with_what_was_wanted_and_found) {
  EXPECT_EQ(to_string(strict_problem<small>(R"({"name":5})")), "/name: wanted a string, found a number (5)");
  EXPECT_EQ(to_string(strict_problem<small>(R"({"count":"5"})")),
            "/count: wanted a whole number, found a string (\"5\")");
  EXPECT_EQ(to_string(strict_problem<small>(R"({"count":1.5})")),
            "/count: wanted a whole number, found a number (1.5)");
  EXPECT_EQ(to_string(strict_problem<small>("[]")), "wanted an object, found an array");
  EXPECT_EQ(to_string(strict_problem<sample>(R"({"shade":"blue"})")),
            "/shade: wanted one of red, green, found a string (\"blue\")");
  EXPECT_EQ(to_string(strict_problem<sample>(R"({"price":1.001})")),
            "/price: wanted an amount: a number with at most two decimals, found a number (1.001)");
  EXPECT_EQ(shown<sample>(R"({"price":"1.00"})"), "wrong_type /price");
  EXPECT_EQ(shown<sample>(R"({"at":"yesterday"})"), "wrong_type /at");
  EXPECT_EQ(shown<sample>(R"({"flag":1})"), "wrong_type /flag");
  EXPECT_EQ(shown<sample>(R"({"free":[]})"), "wrong_type /free");
  EXPECT_EQ(shown<sample>(R"({"parts":{}})"), "wrong_type /parts");
  EXPECT_EQ(shown<sample>(R"({"parts":[{"name":"x","count":true}]})"), "wrong_type /parts/0/count");
  EXPECT_EQ(shown<sample>(R"({"counts":{"a":"b"}})"), "wrong_type /counts/a");
}

TEST(codec, a_number_outside_its_type_is_refused) {
  EXPECT_EQ(shown<sample>(R"({"small":256})"), "out_of_range /small");
  EXPECT_EQ(shown<sample>(R"({"small":-1})"), "wrong_type /small");
  EXPECT_EQ(shown<part>(R"({"count":2147483648})"), "out_of_range /count");
  EXPECT_EQ(shown<sample>(R"({"whole":9223372036854775808})"), "wrong_type /whole");
}

TEST(codec, what_a_message_shows_of_a_long_text_is_cut_between_characters) {
  const std::string message = strict_problem<small>("{\"" + std::string(63, 'x') + "žžžž\":1}").message;
  EXPECT_NE(message.find(std::string(63, 'x') + "...\""), std::string::npos) << message;
}

TEST(codec, a_stored_event_may_be_older_or_newer_than_the_program) {
  small value;
  ASSERT_FALSE(decode_stored(R"({"age":4,"shoe_size":44,"colours":["red"]})", value));
  EXPECT_EQ(value.name, "nobody");
  EXPECT_EQ(value.age, 4);
  EXPECT_EQ(value.count, 3);
}

TEST(codec, a_stored_event_of_a_wrong_type_is_a_problem) {
  small value;
  EXPECT_EQ(decode_stored(R"({"name":4})", value)->pointer, "/name");
}

TEST(codec, what_is_accepted_at_the_limit_of_depth_can_be_read_from_the_store) {
  const std::string deep =
      R"({"customer_id":"a","items":[],"shipping_address":{"a":)" + std::string(62, '[') + std::string(62, ']') + "}}";
  order::create_order asked;
  ASSERT_FALSE(decode_strict(deep, asked));
  order::state remembered;
  remembered.shipping_address = asked.shipping_address;
  struct order::state again;
  EXPECT_FALSE(decode_stored(encode(remembered), again));
  EXPECT_EQ(again.shipping_address, asked.shipping_address);
}

TEST(codec, text_values_stand_for_numbers_only_when_asked) {
  json_document document;
  ASSERT_FALSE(document.read(R"({"name":"12","age":"4","count":"-1e2"})"));
  small value;
  json_reading how{true, true, {}};
  EXPECT_TRUE(read_value(document.root(), value, how)) << how.problem.message;
  EXPECT_EQ(value.name, "12");
  EXPECT_EQ(value.age, 4);
  EXPECT_EQ(value.count, -100);
  ASSERT_FALSE(document.read(R"({"name":"12","count":"0x5"})"));
  EXPECT_FALSE(read_value(document.root(), value, how));
}

TEST(codec, the_description_of_a_struct_tells_its_shapes_apart) {
  std::string a, b;
  append_description<small>(a);
  append_description<renamed>(b);
  EXPECT_EQ(a, "{name:text,age:i64?,count:i64,}");
  EXPECT_NE(description_hash_of(a), description_hash_of(b));
}

TEST(codec, the_footprint_grows_with_what_a_value_holds) {
  order::state empty, full;
  full.items.resize(1000, {"a product with a long name", 1, cents(1)});
  EXPECT_EQ(heap_bytes(empty), 0u);
  EXPECT_GE(heap_bytes(full), 1000 * (sizeof(order::item) + 26));
}

RC_GTEST_PROP(codec, whatever_is_encoded_reads_back,
              (bool flag, std::int64_t whole, std::uint8_t tiny, std::string bytes, bool none,
               std::vector<std::int32_t> counts, std::int32_t price)) {
  sample value;
  value.flag = flag, value.whole = whole, value.small = tiny;
  for (char c : bytes) value.text += static_cast<char>(c & 0x7f); // Any ASCII, control characters too.
  if (!none) value.maybe = whole;
  for (auto count : counts) value.parts.push_back({value.text, count}), value.counts[std::to_string(count)] = count;
  value.price = cents(price);
  value.at = timestamp::from_unix_ms(price * std::int64_t{1000});
  value.real = static_cast<double>(whole) / 3;
  sample again;
  const auto problem = decode_strict(encode(value), again);
  RC_ASSERT(!problem);
  RC_ASSERT(encode(again) == encode(value));
}

RC_GTEST_PROP(codec, a_damaged_text_is_refused_or_means_what_it_is_encoded_as, ()) {
  std::string text{everything};
  for (int edits = *rc::gen::inRange(1, 6); edits > 0; --edits) {
    const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
    const char byte =
        *rc::gen::element('"', '{', '}', '[', ']', ',', ':', '0', '9', '.', 'e', '-', '\\', 'u', ' ', '\xff');
    if (*rc::gen::arbitrary<bool>())
      text[at] = byte;
    else
      text.insert(at, 1, byte);
  }
  sample value, again;
  const auto problem = decode_strict(text, value);
  RC_ASSERT(problem || !decode_strict(encode(value), again));
  RC_ASSERT(problem || encode(again) == encode(value));
}

RC_GTEST_PROP(codec, no_bytes_make_a_reader_fall, (std::string bytes)) {
  sample value;
  (void)decode_strict(bytes, value);
  (void)decode_stored(bytes, value);
}
