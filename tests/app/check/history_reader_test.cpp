#include "app/check/history_reader.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace stele::check {
namespace {

const std::string query =
    R"({"client":1,"op":1,"kind":"look-up","stream":"order-1","invoked_us":5,"completed_us":9,"outcome":"ok","rows":[]})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string wrong(const std::string& line) {
  std::istringstream in(query + '\n' + line + '\n' + query + '\n');
  history told;
  return read_history(in, told).value_or("read");
}

TEST(history_reader, a_line_that_cant_be_read_is_named_with_what_was_wanted) {
  const std::string command =
      R"({"client":1,"op":2,"kind":"ship","stream":"order-1","command":"ship_order",)"
      R"("key":"01a2143c-bd79-7402-a9b2-683b84ac5810","body":{},"invoked_us":5,"completed_us":9,"outcome":"ok",)"
      R"("version":2,"shard":3,"position":4})";
  EXPECT_EQ(wrong(command), "read");
  EXPECT_EQ(wrong(""), "line 2: wanted a JSON object");
  EXPECT_EQ(wrong("[]"), "line 2: wanted a JSON object");
  EXPECT_EQ(wrong(replaced(query, "\"op\":1", "\"op\":-1")),
            "line 2: wanted a JSON object; found something else at or after \"op\"");
  EXPECT_EQ(wrong(replaced(query, "\"client\":1,", "")), "line 2: wanted \"client\", found none");
  EXPECT_EQ(wrong(replaced(query, "\"completed_us\":9,", "")),
            "line 2: wanted \"completed_us\", found none; only \"unanswered\" has none");
  EXPECT_EQ(wrong(replaced(query, "\"completed_us\":9", "\"completed_us\":4")),
            "line 2: wanted \"completed_us\" not before \"invoked_us\" 5, found 4");
  EXPECT_EQ(wrong(replaced(query, "\"outcome\":\"ok\"", "\"outcome\":\"fine\"")),
            "line 2: \"outcome\": wanted ok, stale, unanswered or a kind of refusal, found fine");
  EXPECT_EQ(wrong(replaced(query, "\"outcome\":\"ok\"", "\"outcome\":\"ok\",\"token\":\"x\"")),
            "line 2: \"token\": wanted a token, found 'x'");
  EXPECT_EQ(wrong(replaced(command, "01a2143c-", "")),
            "line 2: \"key\": wanted a command id of 36 characters, found 'bd79-7402-a9b2-683b84ac5810'");
  EXPECT_EQ(wrong(replaced(command, ",\"position\":4", "")), "line 2: wanted \"position\", found none");
  EXPECT_EQ(wrong(replaced(command, "\"ok\"", "\"stale\"")), "line 2: a command can't be \"stale\"");
  EXPECT_EQ(wrong(replaced(query, "[]", R"([{"order_id":"1","version":1,"status":"lost"}])")),
            "line 2: wanted a JSON object; found something else at or after \"rows\"");
}

TEST(history_reader, no_text_upsets_it) {
  for (std::size_t length = 0; length < query.size(); ++length) EXPECT_NE(wrong(query.substr(0, length)), "read");
  EXPECT_NE(wrong(std::string(100'000, '[')), "read");
  EXPECT_NE(wrong("{\"x\":" + std::string(100'000, '[')), "read");
  EXPECT_NE(wrong("{\"x\":\"\\u12\"}"), "read");
  EXPECT_NE(wrong("{\"x\":\"\\ud800\\u0041\"}"), "read");
}

} // namespace
} // namespace stele::check
