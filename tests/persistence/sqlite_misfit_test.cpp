// A row that a table does not take is told from a disk that has no room, in the words of SQLite.
#include "tests/kit/view_rows.hpp"
#include "tests/persistence/sqlite_place.hpp"

#include <sqlite3.h>

namespace stele::kit {

namespace {

const view_table table{"example_views", 1};

void run(const sqlite_place& place, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(place.file().c_str(), &db), SQLITE_OK);
  sqlite3_busy_timeout(db, 10'000); // The store may be writing its own.
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

row_values counted(const std::string& id, std::int64_t count) { return example_row(id, {}, count); }

} // namespace

TEST(sqlite_misfit, a_row_that_somebody_forbade_is_a_conflict_and_takes_the_whole_write_with_it) {
  sqlite_place place;
  const auto it = place.open();
  ASSERT_TRUE(ask<view_status>([&](auto reply) { it->views().open_view(example_view(), reply); }));
  const auto write = [&](const view_write& what) {
    return ask<std::vector<shard_number>>([&](auto reply) { it->views().write(what, reply); });
  };
  for (const std::string what : {"INSERT", "UPDATE"}) // A table gets no CHECK once it is made.
    run(place, "CREATE TRIGGER small_" + what + " AFTER " + what + " ON example_views WHEN new.count >= 100 " +
                   "BEGIN SELECT RAISE(ABORT, 'only small counts'); END");
  const auto refused = write({table, {{3, 0, 1}, {4, 0, 1}}, {{3, counted("a", 1)}, {4, counted("b", 100)}}});
  EXPECT_TRUE(failed_with(refused, store_fault::conflict));
  EXPECT_NE(refused.error().what.find("only small counts"), std::string::npos) << refused.error().what;
  const auto found = ask<selected_rows>([&](auto reply) { it->views().select(table, {}, reply); });
  EXPECT_EQ(found->page.total, 0u);
  EXPECT_EQ(found->positions, std::vector<shard_position>(64));
  EXPECT_TRUE(write(one_shard(table, {3, 0, 1}, {counted("a", 1)})));
  EXPECT_TRUE(failed_with(write(one_shard(table, {3, 1, 2}, {counted("a", 100)})), store_fault::conflict));
  run(place, "DROP TRIGGER small_INSERT; DROP TRIGGER small_UPDATE");
  EXPECT_TRUE(write(one_shard(table, {3, 1, 2}, {counted("a", 100)})));
}

} // namespace stele::kit
