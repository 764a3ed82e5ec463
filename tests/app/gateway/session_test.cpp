#include "app/client/session.hpp"

#include <gtest/gtest.h>

using namespace stele;

namespace {

const uuid history = hash_to_uuid("one history");
const uuid another_history = hash_to_uuid("another history");

} // namespace

TEST(session, learns_the_greatest_position_of_each_shard) {
  client_session it;
  EXPECT_EQ(it.after(""), "");
  it.learn(to_text(make_token(history, 3, 7)));
  it.learn(to_text(make_token(history, 3, 5)));
  it.learn(to_text(make_token(history, 1, 2)));
  const auto seen = parse_token(it.after(""));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->positions, (std::vector<std::pair<shard_number, shard_position>>{{1, 2}, {3, 7}}));
}

TEST(session, adds_the_token_a_caller_wants) {
  client_session it;
  it.learn(to_text(make_token(history, 3, 7)));
  const auto wanted = parse_token(it.after(to_text(make_token(history, 3, 9))));
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->positions, (std::vector<std::pair<shard_number, shard_position>>{{3, 9}}));
  EXPECT_EQ(parse_token(it.after(""))->positions.front().second, 7u) << "wanting is not seeing";
}

TEST(session, leaves_tokens_it_can_not_merge_to_the_server) {
  client_session it;
  it.learn(to_text(make_token(history, 3, 7)));
  const auto foreign = to_text(make_token(another_history, 1, 1));
  EXPECT_EQ(it.after(foreign), foreign);
  EXPECT_EQ(it.after("damaged"), "damaged");
  it.learn("damaged");
  EXPECT_EQ(it.after(""), to_text(make_token(history, 3, 7)));
}

TEST(session, begins_anew_with_another_history) {
  client_session it;
  it.learn(to_text(make_token(history, 3, 7)));
  it.learn(to_text(make_token(another_history, 1, 1)));
  EXPECT_EQ(it.after(""), to_text(make_token(another_history, 1, 1)));
  it.forget();
  EXPECT_EQ(it.after(""), "");
}
