#include "app/load/order_model.hpp"

#include <gtest/gtest.h>

namespace stele::load {
namespace {

using order_view::status;

order_view::row row(stream_version version, std::int64_t items, std::int64_t total, status is = status::pending) {
  order_view::row it;
  it.order_id = "7";
  it.customer_id = "ada";
  it.status = is;
  it.total_amount = cents(total);
  it.item_count = items;
  it.version = version;
  return it;
}

std::string kind_of(const std::optional<wrong>& it) { return it ? it->kind : "right"; }

// An order of two lines for 300 cents, acknowledged.
order_model an_order() {
  order_model it("7", "ada", 2, 300);
  EXPECT_EQ(kind_of(it.created(1)), "right");
  return it;
}

TEST(order_model, a_row_is_right_when_it_is_what_the_commands_add_up_to) {
  auto it = an_order();
  it.sent({50, {}});
  EXPECT_EQ(kind_of(it.acknowledged({50, {}}, 2, 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 350), 2)), "right");
  EXPECT_EQ(kind_of(it.check(row(1, 2, 300), 0)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 351), 2)), "wrong_total");
  EXPECT_EQ(kind_of(it.check(row(2, 2, 350), 2)), "wrong_item_count");
  EXPECT_EQ(kind_of(it.check(row(1, 2, 300), 2)), "lost_write");
  EXPECT_EQ(kind_of(it.check(row(3, 4, 400), 2)), "two_effects");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 350, status::shipped), 2)), "wrong_status");
}

TEST(order_model, a_row_of_someone_else_is_wrong) {
  auto other = row(1, 2, 300);
  other.customer_id = "bob";
  EXPECT_EQ(kind_of(an_order().check(other, 1)), "wrong_row");
}

TEST(order_model, commands_that_are_open_widen_the_total_to_a_range) {
  auto it = an_order();
  for (const std::int64_t each : {10, 20, 40}) it.sent({each, {}});
  EXPECT_EQ(kind_of(it.check(row(1, 2, 300), 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 310), 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 340), 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 341), 1)), "wrong_total");
  EXPECT_EQ(kind_of(it.check(row(3, 4, 329), 1)), "wrong_total");
  EXPECT_EQ(kind_of(it.check(row(4, 5, 370), 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(4, 5, 369), 1)), "wrong_total");
  it.taken_back({40, {}});
  EXPECT_EQ(kind_of(it.check(row(2, 3, 340), 1)), "wrong_total");
  EXPECT_EQ(kind_of(it.check(row(4, 5, 370), 1)), "two_effects");
}

TEST(order_model, an_acknowledgement_must_have_a_version_of_its_own_that_is_new) {
  auto it = an_order();
  for (int i = 0; i < 3; ++i) it.sent({10, {}});
  EXPECT_EQ(kind_of(it.acknowledged({10, {}}, 3, 1)), "right");
  EXPECT_EQ(kind_of(it.acknowledged({10, {}}, 3, 1)), "version_twice");
  EXPECT_EQ(kind_of(it.acknowledged({10, {}}, 2, 2)), "version_went_back");
  EXPECT_EQ(kind_of(it.acknowledged({10, {}}, 5, 1)), "two_effects");
  EXPECT_EQ(kind_of(it.acknowledged({10, {}}, 2, 1)), "right");
}

TEST(order_model, an_end_shows_from_its_version_on) {
  auto it = an_order();
  it.sent({0, status::shipped});
  EXPECT_TRUE(it.ending());
  EXPECT_EQ(kind_of(it.check(row(1, 2, 300), 1)), "right") << "the end is not acknowledged yet";
  EXPECT_EQ(kind_of(it.check(row(2, 2, 300, status::shipped), 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 2, 300, status::cancelled), 1)), "wrong_status");
  EXPECT_EQ(kind_of(it.acknowledged({0, status::shipped}, 2, 1)), "right");
  EXPECT_EQ(kind_of(it.check(row(2, 3, 300), 2)), "wrong_status");
  EXPECT_EQ(kind_of(it.check(row(1, 1, 300, status::shipped), 0)), "wrong_status");
  EXPECT_EQ(kind_of(it.check(row(2, 2, 300, status::shipped), 2)), "right");
  it.sent({10, {}});
  EXPECT_EQ(kind_of(it.acknowledged({10, {}}, 3, 1)), "changed_after_end");
}

TEST(order_model, a_creation_is_version_one) {
  order_model it("7", "ada", 1, 100);
  EXPECT_FALSE(it.known());
  EXPECT_EQ(kind_of(it.check(row(1, 1, 100), 0)), "right") << "the row may be there before the answer";
  EXPECT_EQ(kind_of(it.created(2)), "wrong_version");
}

} // namespace
} // namespace stele::load
