#include "actors/log.hpp"
#include "app/logging.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stele {
namespace {

TEST(logging, control_characters_are_escaped_and_other_text_is_kept) {
  EXPECT_EQ(escape_control_characters("a\r\nb\x1b[31m\x7f\tc"), R"(a\x0d\x0ab\x1b[31m\x7f\x09c)");
  EXPECT_EQ(escape_control_characters("caf\xc3\xa9"), "caf\xc3\xa9");
}

TEST(logging, an_event_is_one_line_with_its_level_and_its_node) {
  set_up_logging("east", "info");
  testing::internal::CaptureStderr();
  log(log_level::warning, "order-7\ninfo east: forged");
  log(log_level::debug, "too fine");
  const auto lines = testing::internal::GetCapturedStderr();
  set_log_sink({});
  EXPECT_NE(lines.find(" warning east: order-7\\x0ainfo east: forged\n"), std::string::npos) << lines;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
}

} // namespace
} // namespace stele
