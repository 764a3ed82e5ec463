#include "persistence/rising_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

namespace stele {

TEST(rising_ids, each_is_greater_than_the_one_before_whatever_the_clock_says) {
  rising_ids ids;
  std::mt19937_64 random(1);
  uuid last;
  for (int i = 0; i < 20'000; ++i) { // More than fit into the few milliseconds that pass.
    const uuid next = ids.next(1'772'359'200'000 + (i % 7 == 0 ? 5 : -3), random());
    ASSERT_LT(last, next) << to_string(last) << " is followed by " << to_string(next);
    last = next;
  }
}

TEST(rising_ids, they_tell_their_time_and_are_uuids_of_version_7) {
  rising_ids ids;
  EXPECT_EQ(to_string(ids.next(0x0123'4567'89AB, 0)), "01234567-89ab-7000-8000-000000000000");
  EXPECT_EQ(to_string(ids.next(0x0123'4567'89AB, 0)), "01234567-89ab-7001-8000-000000000000");
  EXPECT_EQ(to_string(ids.next(0x0123'4567'89AC, 0)), "01234567-89ac-7000-8000-000000000000");
}

TEST(rising_ids, no_two_threads_get_the_same) {
  rising_ids ids;
  std::vector<std::vector<uuid>> made(3);
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) mine.push_back(ids.next(1'000, 0));
    });
  for (auto& it : threads) it.join();
  std::vector<uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

} // namespace stele
