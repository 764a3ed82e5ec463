#include "app/admin/progress.hpp"

#include "tests/app/child_process.hpp"

#include <gtest/gtest.h>
#include <pty.h>

namespace stele::admin {
namespace {

// What a progress line leaves on a terminal.
std::string shown_on_a_terminal(const std::string& text) {
  int ours = -1, its = -1;
  if (::openpty(&ours, &its, nullptr, nullptr, nullptr) != 0) return "there is no terminal";
  ::dup2(its, STDERR_FILENO);
  { progress_line().show(text); }
  char bytes[256];
  const auto got = ::read(ours, bytes, sizeof bytes);
  return {bytes, static_cast<std::size_t>(got > 0 ? got : 0)};
}

std::string output_of(const std::function<int()>& body) {
  std::fflush(nullptr); // Or the child prints what this process has not printed yet.
  return child_process(body).line();
}

} // namespace

TEST(progress, a_bar_says_how_far_how_fast_and_how_long_yet) {
  EXPECT_EQ(progress_bar("verify", 300'000, 1'000'000, 3),
            "verify [######--------------]  30 %  300,000 of 1,000,000 events  100,000/s  7 s left");
  EXPECT_EQ(progress_bar("verify", 10, 10, 2), "verify [####################] 100 %  10 of 10 events  5/s  0 s left");
}

TEST(progress, a_bar_of_nothing_or_of_more_than_there_was_is_full) {
  EXPECT_EQ(progress_bar("verify", 0, 0, 0), "verify [####################] 100 %  0 of 0 events");
  EXPECT_EQ(progress_bar("verify", 12, 10, 2), "verify [####################] 100 %  12 of 12 events  6/s  0 s left");
  EXPECT_EQ(progress_bar("verify", 0, 10, 1), "verify [--------------------]   0 %  0 of 10 events");
}

TEST(progress, a_line_is_shown_on_a_terminal_and_goes_away) {
  const auto shown = output_of([] {
    const auto seen = shown_on_a_terminal("half way");
    std::fputs(seen == "\r\x1b[Khalf way\r\x1b[K" ? "as it should be" : seen.c_str(), stdout);
    return 0;
  });
  EXPECT_EQ(shown, "as it should be");
}

TEST(progress, nothing_is_shown_where_there_is_no_terminal) {
  EXPECT_EQ(output_of([] {
              progress_line().show("half way");
              return 0;
            }),
            "");
}

} // namespace stele::admin
