// What one client of a load does.
#include "app/load/client_model.hpp"

#include <gtest/gtest.h>

namespace stele::load {

namespace {

client_settings creating(const std::string& run, std::uint64_t seed) {
  client_settings it;
  it.run = run;
  it.number = 3;
  it.seed = seed;
  it.slots = 1;
  return it;
}

} // namespace

TEST(client_model, two_runs_with_one_seed_choose_alike_but_send_different_commands) {
  client_model one(creating("first", 7)), other(creating("second", 7));
  const operation mine = one.next(0, 1'700'000'000'000), theirs = other.next(0, 1'700'000'000'000);
  EXPECT_EQ(mine.kind, theirs.kind);
  EXPECT_NE(mine.key, theirs.key);
  EXPECT_NE(mine.order_id, theirs.order_id);
}

TEST(client_model, a_run_is_repeated_by_its_name_and_its_seed) {
  client_model one(creating("run", 7)), again(creating("run", 7));
  const operation mine = one.next(0, 1'700'000'000'000), theirs = again.next(0, 1'700'000'000'000);
  EXPECT_EQ(mine.key, theirs.key);
  EXPECT_EQ(mine.body, theirs.body);
}

} // namespace stele::load
