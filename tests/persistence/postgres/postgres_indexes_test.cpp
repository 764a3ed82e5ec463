// Indexes of views: what they cost is told, and those an administrator adds are used and kept.
#include "tests/kit/postgres_place.hpp"
#include "tests/kit/view_rows.hpp"

#include <poll.h>

namespace stele::kit {

namespace {

class postgres_indexes : public ::testing::Test {
protected:
  postgres_indexes() {
    place_.options.warn = [this](const std::string& it) { warnings_ += it + "\n"; };
  }

  void open() {
    store_.reset();
    store_ = place_.open();
    ASSERT_TRUE(ask<view_status>([&](auto reply) { store_->views().open_view(example_view(), reply); }));
  }

  void write(std::vector<row_values> rows) {
    const auto what = one_shard({"example_views", generation_}, {3, written_, written_ + 1}, std::move(rows));
    const auto refused = ask<std::vector<shard_number>>([&](auto reply) { store_->views().write(what, reply); });
    ASSERT_TRUE(refused && refused->empty());
    ++written_;
  }

  void rebuild() {
    const auto next = ask<std::uint32_t>([&](auto reply) {
      store_->views().begin_rebuild({"example_views", generation_}, reply);
    });
    ASSERT_TRUE(next);
    generation_ = *next;
    written_ = 0;
  }

  void finish() {
    const auto done_so = ask<done>([&](auto reply) {
      store_->views().finish_rebuild({"example_views", generation_}, reply);
    });
    ASSERT_TRUE(done_so) << done_so.error().what;
  }

  /// Twelve thousand changes of a column, in many writes; `title` and `count` are indexed, `weight` is not.
  void change_often(const std::string& column) {
    for (int round = 0; round < 121; ++round) {
      std::vector<row_values> rows;
      for (int i = 0; i < 100; ++i)
        rows.push_back(example_row(std::to_string(i), "t", std::int64_t{column == "count" ? round : 0},
                                   column == "weight" ? round : 0.0));
      write(std::move(rows));
    }
    store_.reset(); // The server counts what a session did when it ends, at the latest.
    while (place_.run("SELECT n_tup_upd >= 12000 FROM pg_stat_user_tables WHERE schemaname || '.' = 'stele.' "
                      "AND relname = 'example_views'") != "t")
      ::poll(nullptr, 0, 5);
  }

  std::vector<std::string> found(const std::string& needle) {
    const auto what = where("title", comparison::contains, needle);
    return keys_of(ask<selected_rows>([&](auto reply) {
                     store_->views().select({"example_views", generation_}, what, reply);
                   })->page.rows);
  }

  std::string index_names() {
    return place_.run("SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes "
                      "WHERE schemaname || '.' = 'stele.' AND tablename = 'example_views'");
  }

  postgres_place place_;
  std::unique_ptr<store> store_;
  std::string warnings_;
  std::uint32_t generation_ = 1;
  shard_position written_ = 0;
};

} // namespace

TEST_F(postgres_indexes, one_on_a_column_that_changes_often_is_warned_of_once) {
  open();
  change_often("count");
  EXPECT_EQ(warnings_, "");
  open();
  EXPECT_NE(warnings_.find("view example_views: of 12000 changes of rows only"), std::string::npos) << warnings_;
  EXPECT_NE(warnings_.find("(title), (count, amount)"), std::string::npos) << warnings_;
  const auto once = warnings_;
  ASSERT_TRUE(ask<view_status>([&](auto reply) { store_->views().open_view(example_view(), reply); }));
  EXPECT_EQ(warnings_, once);
}

TEST_F(postgres_indexes, a_column_without_one_may_change_often) {
  open();
  change_often("weight");
  open();
  EXPECT_EQ(warnings_, "");
}

TEST_F(postgres_indexes, one_for_searching_is_used_and_finds_the_same) {
  place_.run("CREATE EXTENSION IF NOT EXISTS pg_trgm");
  open();
  std::vector<row_values> rows;
  const char* const titles[] = {"Grüße an ADA", "100% wool", "a_b", "\\path\\", "ÄPFEL", "xyz"};
  for (int i = 0; i < 20'000; ++i) rows.push_back(example_row(std::to_string(i), "some title " + std::to_string(i)));
  for (int i = 0; i < 6; ++i) rows.push_back(example_row("special " + std::to_string(i), titles[i]));
  write(std::move(rows));
  const std::vector<std::string> needles{"ada", "ADA", "ße a",  "äpf",    "ÄPF", "% w", "a_b",      "_",
                                         "\\p", "\\",  "19999", "E 1999", "z",   "zzz", "TITLE 777"};
  std::vector<std::vector<std::string>> before, after;
  for (const auto& it : needles) before.push_back(found(it));
  EXPECT_EQ(before[0], before[1]);
  EXPECT_EQ(before[0], std::vector<std::string>{"special 0"});
  place_.run("CREATE INDEX example_titles ON stele.example_views USING gin (lower(title COLLATE \"C\") gin_trgm_ops); "
             "ANALYZE stele.example_views");
  for (const auto& it : needles) after.push_back(found(it));
  EXPECT_EQ(after, before);
  store_.reset();
  const std::string scans = "SELECT idx_scan > 0 FROM pg_stat_user_indexes WHERE indexrelname = 'example_titles' "
                            "AND schemaname || '.' = 'stele.'";
  for (int i = 0; i < 400 && place_.run(scans) != "t"; ++i) ::poll(nullptr, 0, 5);
  EXPECT_EQ(place_.run(scans), "t") << "the searches of the store used it";
}

TEST_F(postgres_indexes, those_added_by_hand_go_along_with_a_rebuild) {
  open();
  place_.run("CREATE INDEX by_hand ON stele.example_views (lower(title COLLATE \"C\"), weight) WHERE open = 1; "
             "CREATE UNIQUE INDEX only_once ON stele.example_views (title)");
  rebuild();
  write({example_row("a", "one"), example_row("b", "one")});
  EXPECT_EQ(warnings_, "");
  finish();
  EXPECT_EQ(index_names(), "by_hand example_views__2__1 example_views__2__2 example_views__2_pkey");
  EXPECT_NE(warnings_.find("index only_once is left out"), std::string::npos) << warnings_;
  rebuild();
  finish();
  EXPECT_EQ(index_names(), "by_hand example_views__3__1 example_views__3__2 example_views__3_pkey");
}

} // namespace stele::kit
