#include "tests/persistence/sqlite_place.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace stele::kit {

namespace {

namespace fs = std::filesystem;

/// Does SQL to a file behind the store's back.
void tamper(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  sqlite3_busy_timeout(db, 10'000); // The store may be writing its own.
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

std::string sentence(const stored<std::unique_ptr<store>>& result) {
  return result ? "it was opened" : result.error().what;
}

::testing::AssertionResult says(const stored<std::unique_ptr<store>>& result, const std::string& words) {
  if (sentence(result).find(words) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "expected \"" << words << "\" in: " << sentence(result);
}

/// A closed store with some events.
void fill(const sqlite_place& place, int batches = 20) {
  auto it = place.try_open();
  ASSERT_TRUE(it);
  event_maker events;
  for (int i = 0; i < batches; ++i)
    ASSERT_TRUE(append(**it, events.batch({"order-1", "order-" + std::to_string(i + 2)})));
}

/// Overwrites a page of rows that nobody looks at while the store is opened.
void damage_a_leaf(const std::string& file) {
  constexpr char leaf_of_a_table = 13;
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  for (auto page = static_cast<std::streamoff>(fs::file_size(file)) / 4096 - 1; page > 0; --page) {
    bytes.seekg(page * 4096);
    if (bytes.get() != leaf_of_a_table) continue;
    bytes.seekp(page * 4096 + 1);
    bytes << std::string(200, '\xEE');
    return;
  }
  ADD_FAILURE() << "no page of rows found";
}

} // namespace

TEST(open_store, an_unknown_address_is_refused_with_a_sentence) {
  EXPECT_TRUE(says(open_store({"postgresql://127.0.0.1:1/none"}), "can't be reached"));
  EXPECT_TRUE(says(open_store({"stele.db"}), "sqlite:FILE"));
  EXPECT_TRUE(says(open_store({""}), "memory:"));
  EXPECT_TRUE(says(open_store({"sqlite:"}), "name of a file"));
  EXPECT_TRUE(says(open_store({"memory:", 0}), "shards"));
  EXPECT_TRUE(says(open_store({"memory:", 64, 0}), "readers"));
  EXPECT_TRUE(open_store({"memory:"}));
}

TEST(sqlite_open, a_second_opener_is_refused_and_told_who_has_it) {
  sqlite_place place;
  auto first = place.open();
  for (bool read_only : {false, true}) {
    const auto second = place.try_open(read_only);
    EXPECT_TRUE(says(second, place.file()));
    EXPECT_TRUE(says(second, "process " + std::to_string(::getpid())));
    EXPECT_TRUE(says(second, "stop the node first"));
  }
  first = nullptr;
  EXPECT_TRUE(place.try_open());
}

TEST(sqlite_open, the_folder_is_made) {
  temporary_folder folder;
  EXPECT_TRUE(open_store({"sqlite:" + (folder / "a/b/stele.db")}));
  EXPECT_TRUE(fs::exists(folder / "a/b/stele.db"));
}

TEST(sqlite_open, another_number_of_shards_is_refused) {
  sqlite_place place;
  fill(place);
  EXPECT_TRUE(says(place.try_open(false, 32), "store.shards = 64"));
  EXPECT_TRUE(place.try_open(false, 64));
}

TEST(sqlite_open, a_file_of_a_newer_version_is_refused) {
  sqlite_place place;
  fill(place);
  tamper(place.file(), "PRAGMA user_version = 1000");
  EXPECT_TRUE(says(place.try_open(), "schema version 1000"));
  EXPECT_TRUE(says(place.try_open(true), "schema version 1000"));
}

TEST(sqlite_open, a_file_made_by_other_migrations_is_refused) {
  sqlite_place place;
  fill(place);
  tamper(place.file(), "UPDATE migrations SET checksum = zeroblob(16) WHERE number = 3");
  EXPECT_TRUE(says(place.try_open(), "003_events"));
}

TEST(sqlite_open, a_file_of_somebody_else_is_refused) {
  sqlite_place place;
  tamper(place.file(), "CREATE TABLE theirs (a)");
  EXPECT_TRUE(says(place.try_open(), "no store of Stele"));
  temporary_folder folder;
  std::ofstream(folder / "text.db") << std::string(5000, 'x');
  const auto text = open_store({"sqlite:" + (folder / "text.db")});
  EXPECT_TRUE(failed_with(text, store_fault::corrupt));
}

TEST(sqlite_open, a_damaged_file_is_reported_after_an_unclean_stop) {
  sqlite_place place;
  fill(place, 400);
  tamper(place.file(), "UPDATE store SET clean = 0; PRAGMA wal_checkpoint(TRUNCATE)");
  damage_a_leaf(place.file());
  const auto it = place.try_open();
  EXPECT_TRUE(failed_with(it, store_fault::corrupt));
  EXPECT_TRUE(says(it, place.file() + " is damaged"));
}

TEST(sqlite_open, a_row_that_can_not_have_been_written_is_corrupt) {
  sqlite_place place;
  fill(place);
  tamper(place.file(), "UPDATE events SET event_id = x'01' WHERE global_position = 3");
  auto it = place.open();
  const auto all = ask<std::vector<recorded_event>>([&](auto reply) { it->events().read_all(0, 100, reply); });
  EXPECT_TRUE(failed_with(all, store_fault::corrupt));
}

TEST(sqlite_open, read_only_makes_and_changes_nothing) {
  sqlite_place place;
  EXPECT_TRUE(says(place.try_open(true), "there is no file"));
  EXPECT_FALSE(fs::exists(place.file()));
  fill(place);
  const auto written = fs::last_write_time(place.file());
  auto it = place.try_open(true);
  ASSERT_TRUE(it) << sentence(it);
  EXPECT_EQ(read_all(**it).size(), 40u);
  event_maker events;
  EXPECT_TRUE(failed_with(append(**it, events.batch({"order-x"})), store_fault::refused));
  *it = nullptr;
  EXPECT_EQ(fs::last_write_time(place.file()), written);
}

TEST(sqlite_open, an_owner_that_lost_the_store_is_fenced) {
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  ASSERT_TRUE(append(*it, events.batch({"order-1"})));
  tamper(place.file(), "UPDATE store SET epoch = epoch + 1"); // As an opener would that got past the lock.
  event_maker mine = events;
  const auto batch = mine.batch({"order-1"});
  EXPECT_TRUE(failed_with(append(*it, batch), store_fault::fenced));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { it->events().fence(0, reply); }), store_fault::fenced));
  EXPECT_TRUE(failed_with(ask<bool>([&](auto reply) { it->events().resolve(0, batch, reply); }), store_fault::fenced));
}

TEST(sqlite_backup, a_copy_of_a_store_in_use_holds_everything_under_another_history) {
  sqlite_place place;
  auto it = place.open();
  event_maker events;
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(append(*it, events.batch({"order-1", "order-2"})));
  const std::string copy = place.folder() / "copy.db";
  ASSERT_TRUE(ask<done>([&](auto reply) { it->backup(copy, reply); }));
  ASSERT_TRUE(append(*it, events.batch({"order-1"})));
  auto restored = open_store({"sqlite:" + copy});
  ASSERT_TRUE(restored) << sentence(restored);
  EXPECT_EQ(read_all(**restored).size(), 60u);
  EXPECT_NE((*restored)->events().identity().history, it->events().identity().history);
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { it->backup(copy, reply); }), store_fault::refused))
      << "nothing is overwritten";
  EXPECT_FALSE(fs::exists(copy + ".part"));
}

} // namespace stele::kit
