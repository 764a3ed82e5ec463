#include "persistence/known_versions.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace stele;

TEST(known_versions, streams_in_use_push_each_other_out_hardly_ever) {
  constexpr int streams = 4096, rounds = 20;
  known_versions it;
  int asked = 0;
  for (stream_version version = 1; version <= rounds; ++version)
    for (int i = 0; i < streams; ++i) {
      const std::string id = "order-" + std::to_string(i * 7919);
      if (version > 1 && !it.confirms(id, version - 1)) ++asked;
      it.note(id, version);
    }
  EXPECT_LT(asked, 10);
}

TEST(known_versions, only_the_last_version_is_confirmed) {
  known_versions it;
  EXPECT_FALSE(it.confirms("order-7", 0));
  for (stream_version version = 1; version <= 3; ++version) it.note("order-7", version);
  EXPECT_TRUE(it.confirms("order-7", 3));
  EXPECT_FALSE(it.confirms("order-7", 2));
  EXPECT_FALSE(it.confirms("order-7", 4));
  EXPECT_FALSE(it.confirms("order-8", 3));
}

TEST(known_versions, streams_not_used_for_long_make_room) {
  known_versions it;
  for (int i = 0; i < 2'000'000; ++i) it.note("order-" + std::to_string(i), 1);
  int known = 0;
  for (int i = 1'999'000; i < 2'000'000; ++i) known += it.confirms("order-" + std::to_string(i), 1);
  EXPECT_EQ(known, 1000);
}
