#include "tests/kit/view_rows.hpp"
#include "tests/persistence/sqlite_place.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace stele::kit {

namespace {

/// In the child: appends and writes rows until it is killed; tells through the pipe how far it was answered.
[[noreturn]] void write_until_killed(sqlite_place& place, int told) {
  auto it = place.open();
  event_maker events;
  for (const recorded_event& old : read_all(*it)) events.next(old.stream_id);
  const view_table table{"example_views", 1};
  (void)ask<view_status>([&](auto reply) { it->views().open_view(example_view(), reply); });
  auto at = *ask<std::vector<shard_position>>([&](auto reply) { it->views().checkpoints(table, reply); });
  for (std::uint64_t count = read_all(*it).size();;) {
    const auto batch = events.batch({"order-1", "order-2", "order-" + std::to_string(count)});
    if (!append(*it, batch)) ::_exit(1);
    count += batch->size();
    if (::write(told, &count, sizeof count) != sizeof count) ::_exit(2);
    it->views().write(one_shard(table, {3, at[3], at[3] + 1}, {example_row("a", std::to_string(at[3] + 1))}),
                      [](const auto&) {});
    ++at[3];
  }
}

/// Starts a child, lets it be answered `answers` times, kills it; answers how many events were acknowledged.
std::uint64_t run_and_kill(sqlite_place& place, int answers) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe_ends[0]);
    write_until_killed(place, pipe_ends[1]);
  }
  ::close(pipe_ends[1]);
  std::uint64_t acknowledged = 0;
  for (int i = 0; i < answers; ++i)
    EXPECT_EQ(::read(pipe_ends[0], &acknowledged, sizeof acknowledged), ssize_t{sizeof acknowledged});
  ::kill(child, SIGKILL);
  for (std::uint64_t more; ::read(pipe_ends[0], &more, sizeof more) == sizeof more;) acknowledged = more;
  ::waitpid(child, nullptr, 0);
  ::close(pipe_ends[0]);
  return acknowledged;
}

} // namespace

TEST(sqlite_crash, a_killed_store_has_all_that_was_acknowledged_and_whole_batches_only) {
  sqlite_place place;
  for (int round = 1; round <= 8; ++round) {
    const auto acknowledged = run_and_kill(place, round * 7);
    auto looking = place.try_open(true);
    ASSERT_TRUE(looking) << looking.error().what;
    const auto seen = read_all(**looking).size();
    *looking = nullptr;
    auto it = place.open();
    const auto all = read_all(*it);
    EXPECT_EQ(seen, all.size()) << "who only looks sees the same";
    EXPECT_GE(all.size(), acknowledged);
    EXPECT_LE(all.size(), acknowledged + 3) << "at most the batch under way";
    EXPECT_EQ(all.size() % 3, 0u) << "all or nothing";
    ASSERT_TRUE(ask<view_status>([&](auto reply) { it->views().open_view(example_view(), reply); }));
    const view_table table{"example_views", 1};
    const auto at = ask<std::vector<shard_position>>([&](auto reply) { it->views().checkpoints(table, reply); });
    const auto row = ask<read_rows>([&](auto reply) { it->views().read(table, {"a"}, reply); });
    ASSERT_EQ(row->rows[0].has_value(), at->at(3) > 0);
    if (row->rows[0]) {
      EXPECT_EQ((*row->rows[0])[1], field_value(std::to_string(at->at(3)))) << "row and checkpoint are one";
    }
  }
}

TEST(sqlite_crash, the_log_on_the_side_stays_small_under_load_with_readers) {
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  std::uintmax_t greatest = 0;
  for (int i = 0; i < 120; ++i) {
    auto batch = std::make_shared<std::vector<recorded_event>>();
    for (int k = 0; k < 100; ++k)
      batch->push_back(events.next("order-" + std::to_string(i % 7), std::string(8000, 'x')));
    pending<std::vector<recorded_event>> reading;
    it->events().read_all(0, 500, reading.reply());
    ASSERT_TRUE(append(*it, batch));
    ASSERT_TRUE(reading.get());
    greatest = std::max(greatest, std::filesystem::file_size(place.file() + "-wal"));
  }
  EXPECT_LT(greatest, 64u << 20) << "of more than 96 MB written";
}

} // namespace stele::kit
