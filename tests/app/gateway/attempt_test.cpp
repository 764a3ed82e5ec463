#include "app/client/attempt.hpp"

#include <gtest/gtest.h>

using namespace stele;

namespace {

constexpr std::int64_t ms = 1000; ///< In the microseconds that attempts count in.

command_request some_command() {
  return {"order", "7", "ship_order", "{}", hash_to_uuid("a command"), std::nullopt, 100};
}

response refused(refusal_kind kind) { return refusal{kind, "code", "A sentence.", ""}; }

} // namespace

TEST(attempt, what_the_node_says_for_good_ends_it) {
  for (const auto kind : {refusal_kind::rejected, refusal_kind::invalid, refusal_kind::not_found,
                          refusal_kind::wrong_version, refusal_kind::key_reused, refusal_kind::internal}) {
    attempts it{some_command(), 0, 100};
    it.begin(0);
    EXPECT_TRUE(it.answered(refused(kind), 1 * ms, 10));
  }
  attempts it{some_command(), 0, 100};
  it.begin(0);
  EXPECT_TRUE(it.answered(accepted{1, "", true, false}, 1 * ms, 10));
}

TEST(attempt, what_had_no_effect_is_tried_again_after_a_pause) {
  for (const auto kind : {refusal_kind::overloaded, refusal_kind::unavailable, refusal_kind::client_limit,
                          refusal_kind::outcome_unknown}) {
    attempts it{some_command(), 0, 100};
    it.begin(0);
    EXPECT_FALSE(it.answered(refused(kind), 1 * ms, 10));
    EXPECT_EQ(it.stage(), attempt_stage::pausing);
    it.wake(10 * ms);
    EXPECT_EQ(it.stage(), attempt_stage::pausing);
    it.wake(11 * ms);
    EXPECT_EQ(it.stage(), attempt_stage::ready);
  }
}

TEST(attempt, every_try_bears_the_same_command_id_and_the_time_that_is_left) {
  attempts it{some_command(), 0, 100};
  const auto first = std::get<command_request>(it.begin(0));
  it.lost();
  const auto second = std::get<command_request>(it.begin(60 * ms));
  EXPECT_EQ(first.command_id, second.command_id);
  EXPECT_EQ(first.timeout_ms, 100u);
  EXPECT_EQ(second.timeout_ms, 40u);
}

TEST(attempt, a_command_that_was_lost_on_the_way_ends_unknown) {
  attempts it{some_command(), 0, 100};
  it.begin(0);
  it.lost();
  EXPECT_TRUE(it.expired(100 * ms));
  const auto why = it.farewell("");
  EXPECT_EQ(why.kind, refusal_kind::outcome_unknown);
  EXPECT_NE(why.message.find(to_string(hash_to_uuid("a command"))), std::string::npos) << why.message;
}

TEST(attempt, a_command_lost_once_and_shed_later_still_ends_unknown) {
  attempts it{some_command(), 0, 100};
  it.begin(0);
  it.lost();
  it.begin(10 * ms);
  EXPECT_FALSE(it.answered(refused(refusal_kind::overloaded), 11 * ms, 10));
  EXPECT_EQ(it.farewell("").kind, refusal_kind::outcome_unknown);
}

TEST(attempt, a_command_that_was_only_shed_ends_without_effect) {
  attempts it{some_command(), 0, 100};
  it.begin(0);
  EXPECT_FALSE(it.answered(refused(refusal_kind::overloaded), 1 * ms, 10));
  EXPECT_EQ(it.farewell("").kind, refusal_kind::overloaded);
}

TEST(attempt, a_command_that_never_left_ends_without_effect) {
  attempts it{some_command(), 0, 100};
  EXPECT_FALSE(it.expired(99 * ms));
  EXPECT_TRUE(it.expired(100 * ms));
  const auto why = it.farewell("Can't connect to x:1.");
  EXPECT_EQ(why.kind, refusal_kind::unavailable);
  EXPECT_NE(why.message.find("Can't connect to x:1."), std::string::npos);
}

TEST(attempt, an_answer_at_the_deadline_has_time_to_arrive) {
  attempts it{some_command(), 0, 100};
  it.begin(0);
  EXPECT_FALSE(it.expired(100 * ms));
  EXPECT_FALSE(it.expired(599 * ms));
  EXPECT_TRUE(it.expired(600 * ms));
}

TEST(attempt, a_lost_query_is_no_mystery) {
  attempts it{query_request{"q", "{}", "", 100}, 0, 100};
  it.begin(0);
  it.lost();
  EXPECT_EQ(it.farewell("").kind, refusal_kind::unavailable);
}

TEST(attempt, pauses_double_up_to_a_limit_with_a_random_half) {
  EXPECT_EQ(pause_ms(0, 20, 2000, 0), 10);
  EXPECT_EQ(pause_ms(0, 20, 2000, 10), 20);
  EXPECT_EQ(pause_ms(3, 20, 2000, 0), 80);
  EXPECT_EQ(pause_ms(40, 20, 2000, 0), 1000);
  for (std::uint64_t random = 0; random < 5000; ++random) {
    EXPECT_GE(pause_ms(40, 20, 2000, random), 1000);
    EXPECT_LE(pause_ms(40, 20, 2000, random), 2000);
  }
}
