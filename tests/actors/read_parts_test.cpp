// The small parts of the read side, one by one.
#include "actors/fold_keys.hpp"
#include "actors/lag_marks.hpp"
#include "actors/row_cache.hpp"
#include "actors/shard_feed.hpp"
#include "actors/waiting_queries.hpp"
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stele::kit {
namespace {

cached_row row_of(std::uint64_t round, shard_number shard = 0) {
  return {std::make_shared<const row_values>(row_values{std::int64_t{1}}), shard, round, {}};
}

TEST(row_cache, the_least_recently_used_row_goes_first) {
  row_cache rows(2);
  rows.written(1);
  rows.put("a", row_of(1));
  rows.put("b", row_of(1));
  rows.find("a");
  rows.put("c", row_of(1));
  EXPECT_TRUE(rows.find("a"));
  EXPECT_FALSE(rows.find("b"));
  EXPECT_TRUE(rows.find("c"));
}

TEST(row_cache, a_row_that_is_not_written_never_goes) {
  row_cache rows(1);
  rows.put("a", row_of(1));
  rows.put("b", row_of(1));
  rows.put("c", row_of(2));
  EXPECT_EQ(3u, rows.size());
  rows.written(1);
  rows.put("d", row_of(2));
  EXPECT_EQ(2u, rows.size());
  EXPECT_TRUE(rows.find("c"));
  EXPECT_TRUE(rows.find("d"));
}

TEST(row_cache, the_rows_of_a_shard_are_dropped_together) {
  row_cache rows(9);
  rows.put("a", row_of(1, 0));
  rows.put("b", row_of(1, 1));
  rows.put("c", row_of(1, 0));
  rows.drop(0);
  EXPECT_EQ(1u, rows.size());
  EXPECT_TRUE(rows.find("b"));
}

/// Positions `first` … `last` of one shard.
event_batch positions(shard_position first, shard_position last) {
  std::vector<recorded_event> events;
  for (auto position = first; position <= last; ++position) {
    events.emplace_back();
    events.back().position = position;
  }
  return batch_of(std::move(events));
}

void offer(shard_feed& feed, shard_position first, shard_position last) {
  const auto batch = positions(first, last);
  for (const auto& event : *batch) feed.offer({batch, &event});
}

std::vector<shard_position> taken(shard_feed& feed) {
  std::vector<shard_position> all;
  while (feed.has_next()) all.push_back(feed.take().event->position);
  return all;
}

TEST(shard_feed, events_come_once_and_in_order) {
  shard_feed feed;
  feed.restart(2);
  offer(feed, 1, 4);
  offer(feed, 3, 5);
  EXPECT_EQ((std::vector<shard_position>{3, 4, 5}), taken(feed));
  EXPECT_EQ(0u, feed.missing());
}

TEST(shard_feed, a_gap_holds_later_events_back_until_it_is_filled) {
  shard_feed feed;
  offer(feed, 1, 1);
  offer(feed, 5, 6);
  offer(feed, 7, 7);
  EXPECT_EQ((std::vector<shard_position>{1}), taken(feed));
  EXPECT_EQ(3u, feed.missing());
  feed.fill(positions(2, 3));
  EXPECT_EQ((std::vector<shard_position>{2, 3}), taken(feed));
  EXPECT_EQ(1u, feed.missing());
  feed.fill(positions(4, 6));
  EXPECT_EQ((std::vector<shard_position>{4, 5, 6, 7}), taken(feed));
  EXPECT_EQ(0u, feed.missing());
}

TEST(shard_feed, what_was_only_heard_of_is_missing) {
  shard_feed feed;
  feed.restart(3);
  feed.hear(9);
  EXPECT_EQ(6u, feed.missing());
  EXPECT_FALSE(feed.has_next());
}

TEST(shard_feed, any_mixture_of_reads_restarts_and_hand_overs_gives_all_events) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 chance(seed);
    shard_feed feed;
    shard_position head = 0, folded = 0;
    for (int i = 0; i < 300; ++i) {
      switch (chance() % 5) {
      case 0: {
        const auto first = head + 1;
        head += 1 + chance() % 4;
        if (chance() % 3) offer(feed, first, head);
        break;
      }
      case 1:
        if (feed.missing() > 0)
          feed.fill(positions(feed.end() + 1, std::min<shard_position>(head, feed.end() + 1 + chance() % 5)));
        break;
      case 2:
        if (chance() % 8 == 0) feed.restart(folded -= std::min<shard_position>(folded, chance() % 3));
        break;
      default:
        if (!feed.has_next()) break;
        ASSERT_EQ(folded + 1, feed.take().event->position) << "seed " << seed;
        ++folded;
      }
    }
    feed.hear(head);
    while (folded < head) {
      if (feed.missing() > 0) feed.fill(positions(feed.end() + 1, head));
      ASSERT_TRUE(feed.has_next()) << "seed " << seed;
      for (const auto position : taken(feed)) ASSERT_EQ(++folded, position) << "seed " << seed;
    }
  }
}

TEST(lag_marks, the_age_is_that_of_the_first_event_left_out) {
  lag_marks marks;
  marks.note(1, 3, 100);
  marks.note(4, 4, 200);
  marks.note(5, 9, 300);
  EXPECT_EQ(100, marks.recorded_after(0, -1));
  EXPECT_EQ(100, marks.recorded_after(2, -1));
  EXPECT_EQ(200, marks.recorded_after(3, -1));
  EXPECT_EQ(300, marks.recorded_after(7, -1));
  EXPECT_EQ(-1, marks.recorded_after(9, -1));
  marks.forget(4);
  EXPECT_EQ(300, marks.recorded_after(4, -1));
  EXPECT_EQ(9u, marks.last());
}

TEST(lag_marks, a_read_tells_what_was_only_guessed) {
  lag_marks marks;
  marks.note(1, 500, 900); // Heard of when the node started: when they were recorded is not known.
  marks.note(501, 501, 950);
  marks.note(1, 100, 10);
  EXPECT_EQ(10, marks.recorded_after(0, -1));
  EXPECT_EQ(950, marks.recorded_after(500, -1));
}

TEST(lag_marks, too_many_make_the_lag_greater_not_smaller) {
  lag_marks marks;
  for (shard_position i = 1; i <= 2000; ++i) marks.note(i, i, static_cast<unix_ms>(i));
  for (shard_position i = 0; i < 2000; ++i) EXPECT_LE(marks.recorded_after(i, -1), static_cast<unix_ms>(i + 1));
}

key_events events_of(const std::string& id, shard_number shard, const std::vector<recorded_event>& events) {
  key_events key{id, shard, {}, {}, {}};
  for (const auto& event : events) key.events.push_back(&event);
  return key;
}

TEST(fold_keys, everything_of_a_shard_behind_its_first_poison_is_left_out) {
  event_maker maker(1);
  const auto a1 = maker.next("box-a", "1"), b2 = maker.next("box-b", "1"), a3 = maker.next("box-a", "bomb"),
             b4 = maker.next("box-b", "poison"), b5 = maker.next("box-b", "1");
  const std::vector<recorded_event> of_a{a1, a3}, of_b{b2, b4, b5};
  std::vector<key_events> keys{events_of("b", 0, of_b), events_of("a", 0, of_a)};
  const auto poison = fold_keys(box_view(), keys);
  ASSERT_EQ(1u, poison.size());
  EXPECT_EQ(3u, poison[0].position);
  EXPECT_EQ(1u, keys[0].events.size());
  EXPECT_EQ(1u, keys[1].events.size());
  EXPECT_EQ(std::int64_t{1}, std::get<std::int64_t>((*keys[0].after)[1]));
  EXPECT_EQ(std::int64_t{1}, std::get<std::int64_t>((*keys[1].after)[1]));
}

TEST(waiting_queries, those_are_taken_whose_position_is_reached) {
  const box_view type;
  waiting_queries waiting(1);
  const auto view = std::make_shared<served_view>(type, 0, 2, 10);
  const auto add = [&](shard_number shard, shard_position position, std::int64_t deadline) {
    auto asked = asked_ptr(new asked_query);
    asked->view = view;
    asked->target = position;
    asked->deadline_us = deadline;
    waiting.add(std::move(asked), shard, position);
  };
  for (const shard_position position : {7, 3, 5}) add(0, position, 100 + static_cast<std::int64_t>(position));
  add(1, 1, 50);
  EXPECT_EQ(50, waiting.next_deadline_us());
  EXPECT_EQ(2u, waiting.take_reached(0, false, {5, 0}).size());
  EXPECT_TRUE(waiting.take_reached(0, true, {9, 9}).empty()) << "nobody waits for written rows";
  EXPECT_EQ(1u, waiting.take_late(60).size());
  EXPECT_EQ(107, waiting.next_deadline_us());
  EXPECT_EQ(1u, waiting.take_reached(0, false, {7, 9}).size());
  EXPECT_FALSE(waiting.any(0, false));
  EXPECT_FALSE(waiting.next_deadline_us());
  EXPECT_EQ(0u, waiting.size());
}

} // namespace
} // namespace stele::kit
