#include "tests/kit/store_contract.hpp"
#include "tests/kit/view_rows.hpp"

#include <algorithm>

namespace stele::kit {

namespace {

const view_table table{"example_views", 1};
using shards = std::vector<shard_number>;

} // namespace

TEST_P(store_contract, a_new_view_is_current_and_empty) {
  const auto status = open_view(example_view());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->serving, 1u);
  EXPECT_TRUE(status->current);
  EXPECT_FALSE(status->next);
  EXPECT_EQ(*checkpoints(table), std::vector<shard_position>(64));
  EXPECT_EQ(select(table, {})->page.total, 0u);
  EXPECT_TRUE(open_view(example_view())) << "opening it again changes nothing";
}

TEST_P(store_contract, a_view_that_no_table_can_be_made_of_is_refused) {
  for (const char* name : {"", "events", "Store", "a b", "a\"b", "a__2", "sqlite_master", "7days"})
    EXPECT_TRUE(failed_with(open_view(example_view(name)), store_fault::refused)) << name;
  auto view = example_view();
  view.schema.columns[0].type = column_type::integer;
  EXPECT_TRUE(failed_with(open_view(view), store_fault::refused)) << "the key is text";
  view = example_view();
  view.schema.columns[3].name = "TITLE";
  EXPECT_TRUE(failed_with(open_view(view), store_fault::refused)) << "a column stands there twice";
  view = example_view();
  view.schema.indexes.push_back({"nothing"});
  EXPECT_TRUE(failed_with(open_view(view), store_fault::refused)) << "an index of an unknown column";
}

TEST_P(store_contract, a_view_that_was_not_opened_is_refused) {
  EXPECT_TRUE(failed_with(read(table, {"a"}), store_fault::refused));
  EXPECT_TRUE(failed_with(select(table, {}), store_fault::refused));
  EXPECT_TRUE(failed_with(write(one_shard(table, {0, 0, 1}, {})), store_fault::refused));
  EXPECT_TRUE(failed_with(begin_rebuild(table), store_fault::refused));
}

TEST_P(store_contract, rows_and_checkpoints_are_written_as_one) {
  ASSERT_TRUE(open_view(example_view()));
  EXPECT_EQ(*write(one_shard(table, {3, 0, 7}, {example_row("a", "one"), example_row("b", "two")})), shards{});
  EXPECT_EQ(checkpoints(table)->at(3), 7u);
  const auto found = read(table, {"b", "nobody", "a", "b"});
  ASSERT_EQ(found->rows.size(), 4u);
  EXPECT_EQ(*found->rows[0], example_row("b", "two"));
  EXPECT_FALSE(found->rows[1]);
  EXPECT_EQ(*found->rows[2], example_row("a", "one"));
  EXPECT_EQ(*found->rows[3], example_row("b", "two"));
  EXPECT_EQ(*write(one_shard(table, {3, 7, 8}, {example_row("a", "changed")})), shards{});
  EXPECT_EQ(*read(table, {"a"})->rows[0], example_row("a", "changed"));
}

TEST_P(store_contract, a_shard_whose_checkpoint_is_elsewhere_is_left_as_it_is) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {3, 0, 7}, {example_row("a", "kept")})));
  const view_write late{table,
                        {{3, 5, 9}, {4, 0, 2}, {5, 1, 2}},
                        {{3, example_row("a", "late")}, {4, example_row("b", "new")}, {5, example_row("c", "late")}}};
  EXPECT_EQ(*write(late), (shards{3, 5}));
  EXPECT_EQ(checkpoints(table)->at(3), 7u);
  EXPECT_EQ(checkpoints(table)->at(4), 2u);
  EXPECT_EQ(checkpoints(table)->at(5), 0u);
  EXPECT_EQ(*read(table, {"a"})->rows[0], example_row("a", "kept"));
  EXPECT_EQ(*read(table, {"b"})->rows[0], example_row("b", "new"));
  EXPECT_FALSE(read(table, {"c"})->rows[0]);
}

TEST_P(store_contract, a_write_that_goes_together_is_written_whole_or_not_at_all) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {4, 0, 7}, {example_row("a", "kept")})));
  view_write both{table,
                  {{3, 0, 9}, {4, 5, 8}, {5, 0, 1}},
                  {{3, example_row("a", "late")}, {3, example_row("b", "late")}, {5, example_row("c", "late")}},
                  true};
  EXPECT_EQ(*write(both), (shards{3, 4, 5})) << "one checkpoint is elsewhere, so all are refused";
  EXPECT_EQ(checkpoints(table)->at(3), 0u);
  EXPECT_EQ(checkpoints(table)->at(4), 7u);
  EXPECT_EQ(checkpoints(table)->at(5), 0u);
  EXPECT_EQ(*read(table, {"a"})->rows[0], example_row("a", "kept"));
  EXPECT_FALSE(read(table, {"b"})->rows[0]);
  EXPECT_FALSE(read(table, {"c"})->rows[0]);
  both.moves[1].from = 7;
  EXPECT_EQ(*write(both), shards{});
  EXPECT_EQ(checkpoints(table)->at(3), 9u);
  EXPECT_EQ(checkpoints(table)->at(4), 8u);
  EXPECT_EQ(checkpoints(table)->at(5), 1u);
  EXPECT_EQ(*read(table, {"a"})->rows[0], example_row("a", "late"));
  EXPECT_EQ(*read(table, {"c"})->rows[0], example_row("c", "late"));
  EXPECT_EQ(*write(both), (shards{3, 4, 5})) << "the same once more";
}

TEST_P(store_contract, a_write_that_does_not_fit_is_refused_whole) {
  ASSERT_TRUE(open_view(example_view()));
  auto write_row = [&](row_values row) { return write(one_shard(table, {3, 0, 7}, {std::move(row)})); };
  EXPECT_TRUE(failed_with(write_row({std::string("a")}), store_fault::conflict)) << "too few columns";
  EXPECT_TRUE(failed_with(write_row(example_row("a", std::int64_t{1})), store_fault::conflict)) << "a number as title";
  EXPECT_TRUE(failed_with(write_row(example_row("a", {}, 1.5)), store_fault::conflict)) << "a fraction as count";
  auto keyless = example_row("a");
  keyless[0] = std::monostate{};
  EXPECT_TRUE(failed_with(write_row(keyless), store_fault::conflict)) << "no key";
  EXPECT_TRUE(failed_with(write({table, {{3, 0, 1}}, {{4, example_row("a")}}}), store_fault::refused)) << "no move";
  EXPECT_TRUE(failed_with(write({table, {{3, 0, 1}, {3, 1, 2}}, {}}), store_fault::refused)) << "two moves of a shard";
  EXPECT_TRUE(failed_with(write({table, {{3, 2, 1}}, {}}), store_fault::refused)) << "back";
  EXPECT_TRUE(failed_with(write({table, {{64, 0, 1}}, {}}), store_fault::refused)) << "no such shard";
  EXPECT_EQ(*checkpoints(table), std::vector<shard_position>(64));
  EXPECT_EQ(select(table, {})->page.total, 0u);
}

TEST_P(store_contract, every_kind_of_column_comes_back_as_it_was_written) {
  ASSERT_TRUE(open_view(example_view()));
  const row_values row{std::string("a"), std::string("t"), std::int64_t{-5}, 2.5,
                       std::int64_t{1},  INT64_MAX,        std::int64_t{-1}, std::string("{\"x\":[1,null]}")};
  ASSERT_TRUE(
      write(one_shard(table, {0, 0, 1}, {row, example_row("empty"), example_row("whole", {}, {}, std::int64_t{3})})));
  EXPECT_EQ(*read(table, {"a"})->rows[0], row);
  EXPECT_EQ(*read(table, {"empty"})->rows[0], example_row("empty"));
  EXPECT_EQ((*read(table, {"whole"})->rows[0])[3], field_value(3.0)) << "a whole number in a real column";
}

TEST_P(store_contract, hostile_texts_are_only_texts) {
  ASSERT_TRUE(open_view(example_view()));
  shard_position at = 0;
  for (const std::string& text : hostile_texts()) {
    ASSERT_TRUE(write(one_shard(table, {0, at, at + 1}, {example_row(text, text)})));
    ++at;
  }
  for (const std::string& text : hostile_texts()) {
    EXPECT_EQ(*read(table, {text})->rows[0], example_row(text, text));
    EXPECT_EQ(keys_of(select(table, where("title", comparison::equal, text))->page.rows), std::vector{text});
    const auto containing = keys_of(select(table, where("title", comparison::contains, text))->page.rows);
    EXPECT_NE(std::find(containing.begin(), containing.end(), text), containing.end());
  }
  EXPECT_EQ(select(table, {})->page.total, hostile_texts().size());
}

TEST_P(store_contract, views_do_not_mix) {
  ASSERT_TRUE(open_view(example_view("one_views")));
  ASSERT_TRUE(open_view(example_view("other_views")));
  ASSERT_TRUE(write(one_shard({"one_views", 1}, {3, 0, 7}, {example_row("a", "one")})));
  EXPECT_FALSE(read({"other_views", 1}, {"a"})->rows[0]);
  EXPECT_EQ(checkpoints({"other_views", 1})->at(3), 0u);
}

TEST_P(store_contract, rows_and_checkpoints_outlast_the_store) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {3, 0, 7}, {example_row("a", "kept")})));
  reopen();
  EXPECT_TRUE(open_view(example_view())->current);
  EXPECT_EQ(checkpoints(table)->at(3), 7u);
  EXPECT_EQ(*read(table, {"a"})->rows[0], example_row("a", "kept"));
}

TEST_P(store_contract, equal_tables_have_equal_checksums) {
  ASSERT_TRUE(open_view(example_view("one_views")));
  ASSERT_TRUE(open_view(example_view("other_views")));
  const view_table one{"one_views", 1}, other{"other_views", 1};
  const auto a = example_row("a", "x", std::int64_t{1}, 0.5), b = example_row("b", {}, std::int64_t{2});
  ASSERT_TRUE(write(one_shard(one, {0, 0, 1}, {a, b})));
  ASSERT_TRUE(write(one_shard(other, {0, 0, 1}, {b})));
  EXPECT_NE(*checksum(one), *checksum(other));
  ASSERT_TRUE(write(one_shard(other, {0, 1, 2}, {a})));
  EXPECT_EQ(*checksum(one), *checksum(other));
  EXPECT_EQ(checksum(one)->rows, 2u);
  EXPECT_EQ(checksum(one)->sum, row_hash(a) + row_hash(b));
  ASSERT_TRUE(write(one_shard(other, {0, 2, 3}, {example_row("b", "", std::int64_t{2})})));
  EXPECT_NE(*checksum(one), *checksum(other)) << "an empty text is not null";
}

} // namespace stele::kit
