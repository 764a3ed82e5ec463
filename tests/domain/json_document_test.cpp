#include "persistence/json_document.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace stele;

namespace {

std::string code_of(std::string_view text, json_limits limits = {}) {
  json_document document;
  const auto problem = document.read(text, limits);
  return problem ? problem->code : "";
}

std::string compact(std::string_view text, bool sorted = false) {
  json_document document;
  if (auto problem = document.read(text)) return problem->message;
  std::string out;
  append_json(out, document.root(), sorted);
  return out;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

} // namespace

TEST(json_document, keeps_every_kind_of_value) {
  constexpr std::string_view text = R"({"a":[1,-2.50,1e2,true,false,null],"b":{},"c":[],"d":{"e":"žluť"}})";
  EXPECT_EQ(compact(text), text);
  for (std::string_view scalar : {"12", "\"x\"", "true", "null", "-0", "1.5"}) EXPECT_EQ(compact(scalar), scalar);
}

TEST(json_document, drops_white_space_and_unescapes_strings) {
  EXPECT_EQ(compact(" { \"a\\u0062\" : [ 1 , \"\\ud83d\\udc0e \\/ \\n\" ] } "), "{\"ab\":[1,\"🐎 / \\n\"]}");
}

TEST(json_document, sorts_the_members_of_objects_on_demand) {
  EXPECT_EQ(compact(R"({"b":{"d":1,"c":[{"z":1,"y":2}]},"a":2})", true), R"({"a":2,"b":{"c":[{"y":2,"z":1}],"d":1}})");
}

TEST(json_document, is_read_up_to_its_depth) {
  EXPECT_EQ(code_of(nested(64)), "");
  EXPECT_EQ(code_of(nested(65)), "too_deep");
  EXPECT_EQ(code_of(nested(100'000)), "too_deep");
  EXPECT_EQ(code_of(std::string(100'000, '[')), "too_deep");
  EXPECT_EQ(code_of(nested(5), {4, 100}), "too_deep");
}

TEST(json_document, is_read_up_to_its_size) {
  EXPECT_EQ(code_of(R"("1234")", {64, 6}), "");
  EXPECT_EQ(code_of(R"("12345")", {64, 6}), "too_large");
}

TEST(json_document, is_read_when_it_is_large) {
  std::string text = "[";
  for (int i = 0; i < 20'000; ++i) text += R"({"key\n":"value\t)" + std::to_string(i) + "\"},";
  text.back() = ']';
  EXPECT_EQ(compact(text), text);
}

TEST(json_document, refuses_bytes_that_are_not_utf8) {
  EXPECT_EQ(code_of("\"\xff\""), "invalid_utf8");
  EXPECT_EQ(code_of("\"\xed\xa0\x80\""), "invalid_utf8");
  EXPECT_EQ(code_of("{\"\xc0\xaf\":1}"), "invalid_utf8");
  EXPECT_NE(code_of(R"("\ud800")"), "");
}

TEST(json_document, refuses_what_is_not_json) {
  for (std::string_view bad :
       {"",   " ",  "{",   "[1",  "{\"a\"}", "{\"a\":}", "[1,]",  "{a:1}",   "'a'",    "01",  "+1",
        "1.", ".5", "tru", "nul", "NaN",     "1 2",      "{} {}", "// x\n1", "\"\n\"", "[1}", "\"a"})
    EXPECT_EQ(code_of(bad), "malformed_json") << bad;
}

TEST(json_document, finds_a_key_that_stands_twice_at_any_depth) {
  const auto pointer = [](std::string_view text) {
    json_document document;
    EXPECT_FALSE(document.read(text));
    return duplicate_key(document.root()).value_or("none");
  };
  EXPECT_EQ(pointer(R"({"a":1,"b":{"a":1}})"), "none");
  EXPECT_EQ(pointer(R"({"a":1,"b":2,"a":3})"), "/a");
  EXPECT_EQ(pointer(R"({"x/y":[0,{"~":1,"\u007e":2}]})"), "/x~1y/1/~0");
}
