#include "persistence/memory/memory_store.hpp"
#include "tests/kit/store_contract.hpp"
#include "tests/kit/view_rows.hpp"

#include <limits>
#include <random>

namespace stele::kit {

namespace {

const view_table table{"example_views", 1};
using keys = std::vector<std::string>;
using enum comparison;

field_value number(std::int64_t value) { return value; }

/// Rows with nulls, ties and texts that differ only in case.
std::vector<row_values> some_rows() {
  return {example_row("a", "Apple", number(1), 1.5), example_row("b", "apple pie", number(2), -1.5),
          example_row("c", {}, number(2), 0.0),      example_row("d", "PINEAPPLE", {}, {}),
          example_row("e", "100% pure", number(10)), example_row("f", "100 pure", number(-1)),
          example_row("g", "under_score", {}, 2.0),  example_row("h", "\xC3\x84pple", number(2), 1e300)};
}

/// Values that meet each other often.
class random_rows {
public:
  explicit random_rows(unsigned seed) : random_(seed) {}

  row_values row(const std::string& id) { return {id, text(), whole(), real(), whole(), whole(), whole(), text()}; }

  row_selection selection() {
    row_selection what;
    for (auto groups = below(3); groups > 0; --groups) {
      auto& group = what.where.emplace_back();
      for (auto size = 1 + below(3); size > 0; --size) group.push_back(condition());
    }
    for (auto orders = below(3); orders > 0; --orders) what.order_by.push_back({column(), below(2) == 0});
    what.page = 1 + below(3);
    what.page_size = 1 + below(12);
    return what;
  }

private:
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  std::string column() { return example_view().schema.columns[below(8)].name; }

  row_condition condition() {
    row_condition it{column(), static_cast<comparison>(below(7)), {}};
    const bool is_text = it.column == "id" || it.column == "title" || it.column == "extra";
    if (!is_text && it.how == contains) it.how = equal;
    it.value = is_text ? text() : it.column == "weight" ? real() : whole();
    return it;
  }

  field_value text() {
    static const std::vector<std::string> texts{"", "a", "A", "ab", "aB", "b%", "B_", "\xC3\xA4", "7", "k3"};
    return below(5) == 0 ? field_value() : field_value(texts[below(10)]);
  }
  field_value whole() { return below(5) == 0 ? field_value() : field_value(std::int64_t{below(5)} - 2); }
  field_value real() { return below(5) == 0 ? field_value() : field_value((below(5) - 2.0) / 2); }

  std::mt19937 random_;
};

} // namespace

TEST_P(store_contract, comparisons_mean_the_same_everywhere) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {0, 0, 1}, some_rows())));
  const auto found = [&](std::string column, comparison how, field_value value) {
    return keys_of(select(table, where(std::move(column), how, std::move(value)))->page.rows);
  };
  EXPECT_EQ(found("count", equal, number(2)), (keys{"b", "c", "h"}));
  EXPECT_EQ(found("count", not_equal, number(2)), (keys{"a", "d", "e", "f", "g"})) << "null differs from 2";
  EXPECT_EQ(found("count", less, number(2)), (keys{"a", "f"})) << "null is not less";
  EXPECT_EQ(found("count", less_equal, number(2)), (keys{"a", "b", "c", "f", "h"}));
  EXPECT_EQ(found("count", greater, number(2)), keys{"e"});
  EXPECT_EQ(found("count", greater_equal, number(2)), (keys{"b", "c", "e", "h"}));
  EXPECT_EQ(found("count", equal, {}), (keys{"d", "g"}));
  EXPECT_EQ(found("count", not_equal, {}), (keys{"a", "b", "c", "e", "f", "h"}));
  EXPECT_EQ(found("count", less, {}), keys{});
  EXPECT_EQ(found("weight", greater, number(1)), (keys{"a", "g", "h"})) << "a whole number fits a real column";
  EXPECT_EQ(found("weight", equal, 0.0), keys{"c"});
  EXPECT_EQ(found("title", equal, "apple pie"), keys{"b"});
  EXPECT_EQ(found("title", equal, "apple"), keys{}) << "equal does not fold case";
  EXPECT_EQ(found("title", less, "A"), (keys{"e", "f"})) << "bytes, not words";
  EXPECT_EQ(found("title", greater, "z"), keys{"h"});
}

TEST_P(store_contract, contains_folds_ascii_case_and_takes_signs_as_they_are) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {0, 0, 1}, some_rows())));
  const auto found = [&](field_value value) {
    return keys_of(select(table, where("title", contains, std::move(value)))->page.rows);
  };
  EXPECT_EQ(found("aPPle"), (keys{"a", "b", "d"}));
  EXPECT_EQ(found("%"), keys{"e"});
  EXPECT_EQ(found("_"), keys{"g"});
  EXPECT_EQ(found("\xC3\x84pple"), keys{"h"});
  EXPECT_EQ(found("\xC3\xA4pple"), keys{}) << "only ASCII is folded";
  EXPECT_EQ(found(""), (keys{"a", "b", "d", "e", "f", "g", "h"})) << "every text, but not null";
  EXPECT_EQ(found({}), keys{});
}

TEST_P(store_contract, all_groups_must_hold_and_one_condition_of_a_group) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {0, 0, 1}, some_rows())));
  row_selection what;
  what.where = {{{"title", contains, "apple"}, {"id", equal, "g"}},
                {{"count", equal, {}}, {"count", greater, number(1)}}};
  EXPECT_EQ(keys_of(select(table, what)->page.rows), (keys{"b", "d", "g"}));
  what.where.push_back({});
  EXPECT_EQ(select(table, what)->page.total, 0u) << "no condition of an empty group can hold";
}

TEST_P(store_contract, rows_are_ordered_with_ties_broken_by_the_key) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {0, 0, 1}, some_rows())));
  const auto ordered = [&](std::vector<row_order> by) {
    row_selection what;
    what.order_by = std::move(by);
    return keys_of(select(table, what)->page.rows);
  };
  EXPECT_EQ(ordered({}), (keys{"a", "b", "c", "d", "e", "f", "g", "h"}));
  EXPECT_EQ(ordered({{"count"}}), (keys{"d", "g", "f", "a", "b", "c", "h", "e"})) << "null comes first";
  EXPECT_EQ(ordered({{"count", true}}), (keys{"e", "b", "c", "h", "a", "f", "d", "g"})) << "ties stay ascending";
  EXPECT_EQ(ordered({{"count", true}, {"weight", true}}), (keys{"e", "h", "c", "b", "a", "f", "g", "d"}));
  EXPECT_EQ(ordered({{"title"}}), (keys{"c", "f", "e", "a", "d", "b", "g", "h"})) << "bytewise";
  EXPECT_EQ(ordered({{"id", true}}), (keys{"h", "g", "f", "e", "d", "c", "b", "a"}));
}

TEST_P(store_contract, pages_cut_the_selection_and_the_total_does_not) {
  ASSERT_TRUE(open_view(example_view()));
  ASSERT_TRUE(write(one_shard(table, {5, 0, 9}, some_rows())));
  row_selection what = where("count", not_equal, {});
  what.page_size = 4;
  for (what.page = 1; what.page <= 3; ++what.page) {
    const auto found = select(table, what);
    EXPECT_EQ(found->page.total, 6u);
    EXPECT_EQ(found->page.rows.size(), (std::vector<std::size_t>{4, 2, 0})[what.page - 1]);
    EXPECT_EQ(found->positions.at(5), 9u);
    EXPECT_EQ(found->positions.size(), 64u);
  }
  what.page = UINT32_MAX;
  what.page_size = UINT32_MAX;
  EXPECT_EQ(select(table, what)->page.total, 6u) << "far beyond the end";
}

TEST_P(store_contract, a_selection_that_does_not_fit_is_refused) {
  ASSERT_TRUE(open_view(example_view()));
  const auto refused = [&](const row_selection& what) {
    return failed_with(select(table, what), store_fault::refused);
  };
  EXPECT_TRUE(refused(where("nothing", equal, "x")));
  EXPECT_TRUE(refused(where("title; DROP TABLE events", equal, "x")));
  EXPECT_TRUE(refused(where("count", equal, "2")));
  EXPECT_TRUE(refused(where("title", equal, number(2))));
  EXPECT_TRUE(refused(where("count", contains, number(2))));
  EXPECT_TRUE(refused(where("weight", equal, std::numeric_limits<double>::quiet_NaN())));
  row_selection what;
  what.order_by = {{"title DESC"}};
  EXPECT_TRUE(refused(what));
  what = {};
  what.page = 0;
  EXPECT_TRUE(refused(what));
  what = {};
  what.page_size = 0;
  EXPECT_TRUE(refused(what));
  what = where("title", equal, "x");
  what.where[0].resize(1000, what.where[0][0]);
  EXPECT_TRUE(refused(what)) << "more conditions than any query needs";
}

TEST_P(store_contract, any_selection_finds_what_a_plain_search_in_memory_finds) {
  auto reference = make_memory_store();
  ASSERT_TRUE(ask<view_status>([&](auto reply) { reference->views().open_view(example_view(), reply); }));
  ASSERT_TRUE(open_view(example_view()));
  random_rows random(20'240);
  std::vector<row_values> rows;
  for (int i = 0; i < 60; ++i) rows.push_back(random.row("k" + std::to_string(i)));
  const auto all = one_shard(table, {0, 0, 1}, rows);
  ASSERT_TRUE(write(all));
  ASSERT_TRUE(ask<std::vector<shard_number>>([&](auto reply) { reference->views().write(all, reply); }));
  for (int round = 0; round < 500; ++round) {
    const auto what = random.selection();
    const auto wanted = ask<selected_rows>([&](auto reply) { reference->views().select(table, what, reply); });
    const auto found = select(table, what);
    ASSERT_EQ(found->page.total, wanted->page.total) << "round " << round;
    ASSERT_EQ(found->page.rows, wanted->page.rows) << "round " << round;
  }
}

} // namespace stele::kit
