#include "tests/kit/store_contract.hpp"
#include "tests/kit/view_rows.hpp"

namespace stele::kit {

namespace {

const view_table first{"example_views", 1};

view_definition changed_view() {
  auto view = example_view();
  view.schema.columns.erase(view.schema.columns.begin() + 2); // count
  view.schema.columns.push_back({"colour", column_type::text, false});
  view.schema.columns[2].type = column_type::text; // weight
  view.schema.indexes = {{"colour"}};
  view.description_hash = 43;
  return view;
}

} // namespace

TEST_P(store_contract, a_rebuild_is_filled_beside_the_table_that_serves) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(first, {3, 0, 7}, {example_row("a", "old")})));
  const view_table next{"example_views", *begin_rebuild(first)};
  EXPECT_EQ(next.generation, 2u);
  EXPECT_EQ(checkpoints(next)->at(3), 0u);
  EXPECT_EQ(select(next, {})->page.total, 0u);
  ASSERT_TRUE(write(one_shard(next, {3, 0, 4}, {example_row("a", "new")})));
  EXPECT_EQ(*read(first, {"a"})->rows[0], example_row("a", "old"));
  EXPECT_EQ(*read(next, {"a"})->rows[0], example_row("a", "new"));
  ASSERT_TRUE(write(one_shard(first, {3, 7, 8}, {example_row("b", "old")}))) << "the serving table goes on";
  ASSERT_TRUE(finish_rebuild(next));
  EXPECT_EQ(select(next, {})->page.total, 1u);
  EXPECT_EQ(checkpoints(next)->at(3), 4u);
  EXPECT_EQ(open_view(example_view())->serving, 2u);
}

TEST_P(store_contract, after_a_swap_old_writes_are_refused_and_old_reads_see_the_new_table) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(first, {3, 0, 7}, {example_row("a", "old")})));
  const view_table next{"example_views", *begin_rebuild(first)};
  ASSERT_TRUE(write(one_shard(next, {3, 0, 4}, {example_row("a", "new")})));
  ASSERT_TRUE(finish_rebuild(next));
  EXPECT_TRUE(failed_with(write(one_shard(first, {3, 7, 8}, {example_row("a", "late")})), store_fault::fenced));
  EXPECT_EQ(*read(first, {"a"})->rows[0], example_row("a", "new"));
  EXPECT_EQ(select(first, {})->positions.at(3), 4u);
  EXPECT_EQ(checkpoints(first)->at(3), 4u);
  EXPECT_TRUE(failed_with(finish_rebuild(next), store_fault::fenced)) << "it is finished already";
  EXPECT_TRUE(failed_with(read({"example_views", 9}, {"a"}), store_fault::fenced)) << "never was";
}

TEST_P(store_contract, a_rebuild_begun_again_starts_empty_under_another_number) {
  ASSERT_TRUE(open_view(example_view()));
  const view_table given_up{"example_views", *begin_rebuild(first)};
  ASSERT_TRUE(write(one_shard(given_up, {3, 0, 4}, {example_row("a", "half")})));
  const view_table next{"example_views", *begin_rebuild(first)};
  EXPECT_GT(next.generation, given_up.generation);
  EXPECT_EQ(select(next, {})->page.total, 0u);
  EXPECT_TRUE(failed_with(write(one_shard(given_up, {3, 4, 5}, {})), store_fault::fenced));
  ASSERT_TRUE(cancel_rebuild(next));
  EXPECT_TRUE(cancel_rebuild(next)) << "it is gone, as was wanted";
  EXPECT_TRUE(failed_with(finish_rebuild(next), store_fault::fenced));
  EXPECT_FALSE(open_view(example_view())->next);
  reopen();
  ASSERT_TRUE(open_view(example_view()));
  EXPECT_GT(*begin_rebuild(first), next.generation) << "a late write must not meet a new table";
}

TEST_P(store_contract, a_rebuild_under_way_is_found_after_a_restart) {
  ASSERT_TRUE(open_view(example_view()));
  const view_table next{"example_views", *begin_rebuild(first)};
  ASSERT_TRUE(write(one_shard(next, {3, 0, 4}, {example_row("a", "half")})));
  reopen();
  const auto status = open_view(example_view());
  EXPECT_EQ(status->serving, 1u);
  EXPECT_EQ(status->next, next.generation);
  EXPECT_EQ(checkpoints(next)->at(3), 4u);
  ASSERT_TRUE(write(one_shard(next, {3, 4, 5}, {example_row("b", "other half")})));
  ASSERT_TRUE(finish_rebuild(next));
  EXPECT_EQ(select(next, {})->page.total, 2u);
}

TEST_P(store_contract, a_rebuild_of_a_table_that_serves_no_more_is_not_begun) {
  ASSERT_TRUE(open_view(example_view()));
  const view_table next{"example_views", *begin_rebuild(first)};
  ASSERT_TRUE(finish_rebuild(next));
  EXPECT_TRUE(failed_with(begin_rebuild(first), store_fault::fenced)) << "it has been rebuilt since";
  EXPECT_FALSE(open_view(example_view())->next);
  EXPECT_TRUE(begin_rebuild(next));
}

TEST_P(store_contract, a_raised_version_asks_for_a_rebuild) {
  ASSERT_TRUE(open_view(example_view()));
  reopen();
  auto raised = example_view();
  raised.version = 2;
  EXPECT_FALSE(open_view(raised)->current);
  ASSERT_TRUE(finish_rebuild({"example_views", *begin_rebuild(first)}));
  EXPECT_TRUE(open_view(raised)->current);
  reopen();
  EXPECT_TRUE(open_view(raised)->current);
}

TEST_P(store_contract, a_changed_description_reads_the_old_table_until_it_is_rebuilt) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(first, {3, 0, 7}, {example_row("a", "old", std::int64_t{5}, 1.5)})));
  const auto half = *begin_rebuild(first);
  reopen();
  const auto status = open_view(changed_view());
  EXPECT_FALSE(status->current);
  EXPECT_FALSE(status->next) << "a rebuild for the old description, number " << half << ", is of no use";
  const row_values without{std::string("a"), std::string("old"), {}, {}, {}, {}, {}, {}};
  EXPECT_EQ(*read(first, {"a"})->rows[0], without) << "what the table lacks, or keeps in another way, is null";
  EXPECT_EQ(select(first, where("title", comparison::equal, "old"))->page.rows, std::vector<row_values>{without});
  EXPECT_EQ(select(first, where("colour", comparison::equal, {}))->page.total, 1u);
  EXPECT_EQ(select(first, where("colour", comparison::contains, "r"))->page.total, 0u);
  const row_values row{std::string("a"), std::string("new"), std::string("heavy"), {}, {}, {}, {}, std::string("red")};
  EXPECT_TRUE(failed_with(write(one_shard(first, {3, 7, 8}, {row})), store_fault::refused));
  const view_table next{"example_views", *begin_rebuild(first)};
  ASSERT_TRUE(write(one_shard(next, {3, 0, 8}, {row})));
  ASSERT_TRUE(finish_rebuild(next));
  EXPECT_TRUE(open_view(changed_view())->current);
  EXPECT_EQ(select(next, where("colour", comparison::equal, "red"))->page.rows, std::vector<row_values>{row});
}

} // namespace stele::kit
