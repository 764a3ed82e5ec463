#include "domain/kernel/column.hpp"
#include "domain/kernel/decision.hpp"
#include "domain/kernel/query.hpp"
#include "tests/domain/letter.hpp"

#include <gtest/gtest.h>

using namespace stele;

namespace {

struct opened {};
struct closed {
  int count = 0;
};
using event = std::variant<opened, closed>;

struct hidden_row {
  std::string id;
  std::int64_t shown = 0, hidden = 0;
};
BOOST_DESCRIBE_STRUCT(hidden_row, (), (id, shown))

} // namespace

TEST(decision, holds_one_event_several_or_none) {
  EXPECT_EQ(decision<event>{opened{}}.events().size(), 1u);
  const decision<event> two = {opened{}, closed{2}};
  ASSERT_EQ(two.events().size(), 2u);
  EXPECT_EQ(std::get<closed>(two.events()[1]).count, 2);
  const decision<event> many = std::vector<event>{opened{}, opened{}, opened{}};
  EXPECT_EQ(many.events().size(), 3u);
  const decision<event> none = no_change;
  EXPECT_TRUE(none.accepted() && none.events().empty());
}

TEST(decision, is_a_refusal_of_one_of_three_kinds) {
  const decision<event> rejected = reject("taken", "Somebody was first.");
  EXPECT_FALSE(rejected.accepted());
  EXPECT_EQ(rejected.why().kind, denial_kind::rejected);
  EXPECT_EQ(rejected.why().code, "taken");
  EXPECT_EQ(decision<event>{not_found("gone")}.why().kind, denial_kind::not_found);
  const decision<event> bad = invalid("bad", "It is bad.", "/field");
  EXPECT_EQ(bad.why().kind, denial_kind::invalid);
  EXPECT_EQ(bad.why().pointer, "/field");
}

TEST(column, bears_the_name_of_its_member) {
  static_assert(column_of(&hidden_row::shown) == "shown");
  static_assert(column_of(&hidden_row::hidden).empty());
  constexpr column_list both = columns(&hidden_row::shown, &hidden_row::id);
  static_assert(both.count == 2 && both.names[0] == "shown" && both.contains("id") && !both.contains("hidden"));
}

TEST(selection, takes_no_condition_from_a_value_that_is_not_there) {
  const auto all = selection<letter::view>{}
                       .where_if(&letter::row::recipient, equal, std::optional<std::string>{})
                       .any_contains(columns(&letter::row::id), std::nullopt)
                       .order_by_name(columns(&letter::row::id), std::nullopt, ascending);
  EXPECT_TRUE(all.plan().groups.empty());
  EXPECT_TRUE(all.plan().orders.empty());
  EXPECT_FALSE(all.plan().refused);
}

TEST(selection, keeps_the_first_refusal) {
  const auto bad =
      selection<letter::view>{}.order_by_name(columns(&letter::row::id), "colour", ascending).page(0, 1000);
  ASSERT_TRUE(bad.plan().refused);
  EXPECT_EQ(bad.plan().refused->code, "bad_sort_by");
}
