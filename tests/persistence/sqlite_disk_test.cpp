#include "tests/kit/failing_disk.hpp"
#include "tests/kit/view_rows.hpp"
#include "tests/persistence/sqlite_place.hpp"

namespace stele::kit {

namespace {

/// Streams of their own for each batch, so that the log grows by pages.
event_batch big_batch(event_maker& events, int number) {
  auto all = std::make_shared<std::vector<recorded_event>>();
  for (int i = 0; i < 50; ++i)
    all->push_back(events.next("order-" + std::to_string(number) + "." + std::to_string(i), std::string(2000, 'x')));
  return all;
}

stored<bool> resolve(store& it, event_batch batch) {
  return ask<bool>([&](auto reply) { it.events().resolve(0, batch, reply); });
}

} // namespace

TEST(sqlite_disk, a_full_disk_refuses_appends_and_recovers_by_itself) {
  failing_disk disk;
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  ASSERT_TRUE(append(*it, big_batch(events, 0)));
  disk.full = true;
  event_maker before = events;
  for (int i = 1; i <= 3; ++i) {
    event_maker mine = before;
    EXPECT_TRUE(failed_with(append(*it, big_batch(mine, i)), store_fault::refused));
    EXPECT_EQ(read_all(*it).size(), 50u) << "reads go on";
  }
  disk.full = false;
  EXPECT_TRUE(append(*it, big_batch(before, 4)));
  it = nullptr;
  EXPECT_EQ(read_all(*place.open()).size(), 100u);
}

TEST(sqlite_disk, a_full_disk_refuses_rows_whole_and_recovers_by_itself) {
  failing_disk disk;
  sqlite_place place;
  auto it = place.open();
  ASSERT_TRUE(ask<view_status>([&](auto reply) { it->views().open_view(example_view(), reply); }));
  const view_table table{"example_views", 1};
  std::vector<row_values> rows;
  for (int i = 0; i < 200; ++i) rows.push_back(example_row(std::to_string(i), std::string(3000, 'x')));
  const auto what = one_shard(table, {0, 0, 1}, rows);
  const auto write = [&] {
    return ask<std::vector<shard_number>>([&](auto reply) { it->views().write(what, reply); });
  };
  disk.full = true;
  EXPECT_TRUE(failed_with(write(), store_fault::refused));
  const auto found = ask<selected_rows>([&](auto reply) { it->views().select(table, {}, reply); });
  EXPECT_EQ(found->page.total, 0u);
  EXPECT_EQ(found->positions.at(0), 0u);
  disk.full = false;
  EXPECT_TRUE(write());
}

TEST(sqlite_disk, a_failed_sync_leaves_the_outcome_unknown_until_it_is_resolved) {
  failing_disk disk;
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  ASSERT_TRUE(append(*it, big_batch(events, 0)));
  disk.syncs_fail = true;
  const auto lost = big_batch(events, 1);
  EXPECT_TRUE(failed_with(append(*it, lost), store_fault::unknown));
  EXPECT_TRUE(failed_with(resolve(*it, lost), store_fault::unavailable)) << "nobody can tell while the disk fails";
  disk.syncs_fail = false;
  const bool there = *resolve(*it, lost);
  EXPECT_EQ(read_all(*it).size(), there ? 100u : 50u);
  it = nullptr;
  it = place.open();
  EXPECT_EQ(read_all(*it).size(), there ? 100u : 50u) << "what was said stays true";
  EXPECT_EQ(append(*it, lost).has_value(), !there) << "its place is taken or free, as was said";
}

TEST(sqlite_disk, a_failed_write_is_resolved_and_the_store_goes_on) {
  failing_disk disk;
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  ASSERT_TRUE(append(*it, big_batch(events, 0)));
  disk.writes_fail = true;
  event_maker mine = events;
  const auto lost = big_batch(mine, 1);
  EXPECT_FALSE(append(*it, lost));
  disk.writes_fail = false;
  EXPECT_EQ(*resolve(*it, lost), false);
  EXPECT_TRUE(append(*it, lost));
  EXPECT_EQ(read_all(*it).size(), 100u);
}

TEST(sqlite_disk, an_append_is_synced_before_it_is_answered_and_rows_share_that_sync) {
  failing_disk disk;
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  ASSERT_TRUE(ask<view_status>([&](auto reply) { it->views().open_view(example_view(), reply); }));
  ASSERT_TRUE(append(*it, events.batch({"order-1"})));
  const auto before = disk.syncs.load();
  for (shard_position at = 0; at < 10; ++at)
    ASSERT_TRUE(ask<std::vector<shard_number>>([&](auto reply) {
      it->views().write(one_shard({"example_views", 1}, {0, at, at + 1}, {example_row("a", "x")}), reply);
    }));
  EXPECT_EQ(disk.syncs.load(), before) << "rows wait for no disk of their own";
  ASSERT_TRUE(append(*it, events.batch({"order-1"})));
  EXPECT_GT(disk.syncs.load(), before);
}

} // namespace stele::kit
