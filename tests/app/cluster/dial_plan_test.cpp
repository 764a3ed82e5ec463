#include "app/cluster/dial_plan.hpp"

#include <gtest/gtest.h>

using namespace stele::cluster;

TEST(dial_plan, two_refused_tries_in_a_row_show_that_a_peer_is_gone) {
  dial_plan it;
  EXPECT_FALSE(it.failed(true));
  EXPECT_EQ(it.pause_ms(0), dial_plan::sure_pause_ms);
  EXPECT_TRUE(it.failed(true));
  EXPECT_FALSE(it.failed(true)) << "it is told once";
  it.look_anew();
  EXPECT_FALSE(it.failed(true));
  EXPECT_TRUE(it.failed(true)) << "and once more when somebody asks";
}

TEST(dial_plan, a_try_without_an_answer_shows_nothing) {
  dial_plan it;
  EXPECT_FALSE(it.failed(true));
  EXPECT_FALSE(it.failed(false));
  EXPECT_FALSE(it.failed(true));
}

TEST(dial_plan, pauses_grow_to_two_seconds) {
  dial_plan it;
  std::int64_t before = 0;
  for (int i = 0; i < 20; ++i) {
    it.failed(false);
    const auto pause = it.pause_ms(0);
    EXPECT_GE(pause, before);
    EXPECT_LE(pause, dial_plan::pause_ms_max);
    before = pause;
  }
  EXPECT_GE(before, dial_plan::pause_ms_max / 2);
}

TEST(dial_plan, a_connection_that_is_cut_at_once_is_dialed_again_after_a_pause_only) {
  dial_plan it;
  EXPECT_FALSE(it.held(10));
  it.failed(false);
  EXPECT_GE(it.pause_ms(0), dial_plan::pause_ms_min / 2);
  EXPECT_TRUE(it.held(dial_plan::useful_ms));
}
