// The small parts of the write side by themselves: window of command ids, tokens, queue, admission.
#include "actors/admission.hpp"
#include "actors/command_window.hpp"
#include "actors/fifo.hpp"
#include "actors/token.hpp"
#include "tests/kit/simulation.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stele::kit {

namespace {

remembered_command remembered(std::uint8_t id) {
  remembered_command it;
  it.id.bytes[0] = id;
  it.digest = id + 0xABCD'0000'0000'0000u;
  it.version = id;
  it.position = id * 10u;
  return it;
}

uuid id_of(std::uint8_t id) { return remembered(id).id; }

token a_token() {
  token it = make_token(hash_to_uuid("history"), 3, 70'000);
  merge(it, make_token(hash_to_uuid("history"), 63, 1));
  return it;
}

} // namespace

TEST(command_window, keeps_the_greatest_ids_not_the_latest) {
  command_window window;
  for (const std::uint8_t id : {2, 1, 3}) window.remember(remembered(id), 2);
  EXPECT_EQ(window.find(id_of(1)), nullptr);
  ASSERT_NE(window.find(id_of(2)), nullptr);
  EXPECT_EQ(*window.find(id_of(3)), remembered(3));
}

TEST(command_window, knows_what_it_may_have_forgotten) {
  command_window window;
  window.remember(remembered(5), 2);
  window.remember(remembered(7), 2);
  EXPECT_FALSE(window.may_have_forgotten(id_of(1))) << "nothing was let go yet";
  window.remember(remembered(6), 2);
  EXPECT_TRUE(window.may_have_forgotten(id_of(1)));
  EXPECT_FALSE(window.may_have_forgotten(id_of(9)));
}

TEST(command_window, of_size_nothing_has_forgotten_everything) {
  command_window window;
  window.remember(remembered(5), 0);
  EXPECT_TRUE(window.may_have_forgotten(id_of(200)));
}

TEST(command_window, takes_the_last_version_of_a_command_with_several_events) {
  command_window window;
  window.remember(remembered(5), 2);
  auto later = remembered(5);
  later.version = 9;
  window.remember(later, 2);
  EXPECT_EQ(window.size(), 1u);
  EXPECT_EQ(window.find(id_of(5))->version, 9u);
}

TEST(command_window, comes_back_from_its_text) {
  command_window window;
  for (const std::uint8_t id : {2, 1, 3}) window.remember(remembered(id), 2);
  const auto back = command_window::decode(window.encode());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->encode(), window.encode());
  EXPECT_TRUE(back->may_have_forgotten(id_of(1)));
}

TEST(command_window, refuses_a_damaged_text) {
  command_window window;
  for (const std::uint8_t id : {1, 2}) window.remember(remembered(id), 4);
  const std::string text = window.encode();
  EXPECT_FALSE(command_window::decode(""));
  EXPECT_FALSE(command_window::decode("x"));
  EXPECT_FALSE(command_window::decode(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(command_window::decode("c" + text.substr(81) + text.substr(1, 80))) << "not ascending";
  std::string bad = text;
  bad[5] = 'z';
  EXPECT_FALSE(command_window::decode(bad));
}

TEST(token, comes_back_from_its_text) {
  EXPECT_EQ(parse_token(to_text(a_token())), a_token());
  EXPECT_EQ(parse_token(to_text(token{hash_to_uuid("history"), {}})), (token{hash_to_uuid("history"), {}}));
}

TEST(token, a_merge_takes_the_greater_position_of_each_shard) {
  token it = a_token();
  const uuid history = it.history;
  merge(it, {history, {{1, 5}, {3, 60'000}, {63, 2}}});
  EXPECT_EQ(it, (token{history, {{1, 5}, {3, 70'000}, {63, 2}}}));
  token empty;
  merge(empty, it);
  EXPECT_EQ(empty, it);
  merge(it, token{});
  EXPECT_EQ(empty, it);
}

TEST(token, any_changed_letter_is_found) {
  const std::string text = to_text(a_token());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string bad = text;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(parse_token(bad)) << i;
    EXPECT_FALSE(parse_token(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(parse_token(text + "A"));
  EXPECT_FALSE(parse_token(text + "="));
  EXPECT_FALSE(parse_token(std::string(1 << 20, 'A')));
}

TEST(token, holds_at_most_sixty_four_pairs_in_order) {
  token it{hash_to_uuid("history"), {}};
  for (shard_number shard = 0; shard < 64; ++shard) it.positions.emplace_back(shard, ~std::uint64_t{0});
  EXPECT_EQ(parse_token(to_text(it)), it);
  it.positions.emplace_back(64, 1);
  EXPECT_FALSE(parse_token(to_text(it)));
  const uuid history = it.history;
  EXPECT_FALSE(parse_token(to_text({history, {{2, 1}, {1, 1}}})));
  EXPECT_FALSE(parse_token(to_text({history, {{1, 1}, {1, 1}}})));
}

TEST(fifo, gives_back_in_order_whatever_is_put_in_front) {
  fifo<int> queue;
  for (int i = 0; i < 500; ++i) {
    queue.push(i);
    queue.push(i);
    if (i % 3 == 0) queue.push_front(queue.pop());
    queue.pop();
  }
  int before = 0;
  EXPECT_EQ(queue.size(), 500u);
  for (const int item : queue) EXPECT_LE(std::exchange(before, item), item);
  queue.filter([](int item) { return item % 2 == 0; });
  EXPECT_EQ(queue.size(), 250u);
  while (!queue.empty()) EXPECT_EQ(queue.pop() % 2, 0);
}

TEST(admission, a_command_is_settled_once) {
  virtual_clock time;
  node_counters counters;
  admission door(counters, time, 1);
  int answers = 0;
  command_ptr it(new command);
  it->answer = [&](const command_outcome&) { ++answers; };
  ASSERT_TRUE(door.admit(*it));
  settle(*it, acceptance{});
  settle(*it, acceptance{});
  it.reset();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(counters.commands_in_flight, 0u);
}

TEST(admission, a_dropped_command_says_that_nobody_knows) {
  virtual_clock time;
  node_counters counters;
  admission door(counters, time, 1);
  std::optional<command_outcome> told;
  command_ptr it(new command);
  it->answer = [&](const command_outcome& outcome) { told = outcome; };
  ASSERT_TRUE(door.admit(*it));
  it.reset();
  ASSERT_TRUE(told);
  EXPECT_EQ(std::get<refusal>(*told).kind, refusal_kind::outcome_unknown);
}

TEST(admission, is_empty_when_the_last_has_left) {
  virtual_clock time;
  node_counters counters;
  admission door(counters, time, 2);
  command_ptr one(new command), two(new command), three(new command);
  ASSERT_TRUE(door.admit(*one));
  ASSERT_TRUE(door.admit(*two));
  EXPECT_FALSE(door.admit(*three));
  int empty = 0;
  door.close([&] { ++empty; });
  door.close([&] { ++empty; });
  settle(*two, acceptance{});
  EXPECT_EQ(empty, 0);
  settle(*one, acceptance{});
  EXPECT_EQ(empty, 2);
}

} // namespace stele::kit
