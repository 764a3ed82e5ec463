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

answer stored_as(stream_version version) {
  answer it;
  it.version = it.position = version;
  return it;
}

answer refused(refusal_kind kind, const std::string& code) {
  answer it;
  it.refused = refusal{kind, code, {}, {}};
  return it;
}

/// Goes on with the first slot until an operation of that kind comes; what comes before it is not answered well.
operation next_of(client_model& of, op_kind kind) {
  for (;;) {
    const operation it = of.next(0, 1'700'000'000'000);
    if (it.kind == kind) return it;
    EXPECT_FALSE(of.take(it.number, refused(refusal_kind::unavailable, "away")).finding);
  }
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

TEST(client_model, a_command_nobody_knew_of_is_resolved_when_its_order_is_found_to_be_over) {
  client_model one(creating("run", 7));
  EXPECT_FALSE(one.take(one.create(0, 1'700'000'000'000).number, stored_as(1)).finding);
  const operation lost = next_of(one, op_kind::add);
  one.take(lost.number, refused(refusal_kind::outcome_unknown, "no_answer"));
  EXPECT_EQ(one.unresolved(), 1u);
  EXPECT_FALSE(one.take(next_of(one, op_kind::ship).number, stored_as(2)).finding);
  const auto again = one.next_check();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->key, lost.key);
  EXPECT_FALSE(one.take(again->number, refused(refusal_kind::rejected, "already_shipped")).finding);
  EXPECT_EQ(one.unresolved(), 0u);
}

} // namespace stele::load
