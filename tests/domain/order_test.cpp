#include "domain/order.hpp"

#include "tests/kit/given.hpp"

#include <gtest/gtest.h>

using stele::cents;
using stele::given;
using namespace ::order;

namespace {

using rules = ::order::aggregate;

const stele::json_object home = stele::json_object::from_json(R"({"street":"1 Main St","city":"Paris"})");
const order_created created{"ada", {{"pen", 2, cents(150)}}, home};

create_order create_with(item only) { return {"ada", {std::move(only)}, home}; }

} // namespace

TEST(order, a_new_order_is_created_as_it_was_asked) {
  const auto done = given<rules>().when(create_order{"ada", {{"pen", 2, cents(150)}, {"ink", 1, cents(1998)}}, home});
  done.then(order_created{"ada", {{"pen", 2, cents(150)}, {"ink", 1, cents(1998)}}, home});
  EXPECT_EQ(done.after().status, order_status::pending);
  EXPECT_EQ(done.after().customer_id, "ada");
  EXPECT_EQ(done.after().total_amount, cents(2298));
  EXPECT_EQ(done.after().items.size(), 2u);
  EXPECT_EQ(done.after().shipping_address, home);
  EXPECT_EQ(done.after().reason, std::nullopt);
}

TEST(order, an_order_is_created_only_once) {
  given<rules>(created).when(create_with({"pen", 1, cents(1)})).then_rejected("order_exists");
  given<rules>(created, order_shipped{}).when(create_with({"pen", 1, cents(1)})).then_rejected("order_exists");
}

TEST(order, an_order_without_items_is_refused) {
  given<rules>().when(create_order{"ada", {}, home}).then_invalid("empty_order", "/items");
}

TEST(order, an_order_without_a_customer_is_refused) {
  given<rules>().when(create_order{"", {{"pen", 1, cents(1)}}, home}).then_invalid("empty_customer_id", "/customer_id");
}

TEST(order, an_order_may_have_an_address_of_any_shape) {
  given<rules>()
      .when(create_order{"ada", {{"pen", 1, cents(1)}}, {}})
      .then(order_created{"ada", {{"pen", 1, cents(1)}}, {}});
}

TEST(order, an_invalid_body_is_invalid_whatever_the_order_is) {
  given<rules>(created).when(create_order{"ada", {}, home}).then_invalid("empty_order", "/items");
  given<rules>().when(add_order_item{"pen", 0, cents(1)}).then_invalid("bad_quantity", "/quantity");
  given<rules>().when(cancel_order{""}).then_invalid("empty_reason", "/reason");
}

TEST(order, a_quantity_is_one_to_a_million) {
  for (std::int64_t bad : {0LL, -1LL, 1'000'001LL}) {
    given<rules>().when(create_with({"pen", bad, cents(1)})).then_invalid("bad_quantity", "/items/0/quantity");
    given<rules>(created).when(add_order_item{"pen", bad, cents(1)}).then_invalid("bad_quantity", "/quantity");
  }
  for (std::int64_t good : {1LL, 1'000'000LL})
    given<rules>(created).when(add_order_item{"pen", good, cents(1)}).then(order_item_added{"pen", good, cents(1)});
}

TEST(order, a_price_is_zero_to_a_billion) {
  for (std::int64_t bad : {-1LL, 100'000'000'001LL}) {
    given<rules>().when(create_with({"pen", 1, cents(bad)})).then_invalid("bad_price", "/items/0/price");
    given<rules>(created).when(add_order_item{"pen", 1, cents(bad)}).then_invalid("bad_price", "/price");
  }
  for (std::int64_t good : {0LL, 100'000'000'000LL})
    given<rules>(created).when(add_order_item{"pen", 1, cents(good)}).then(order_item_added{"pen", 1, cents(good)});
}

TEST(order, the_line_that_is_wrong_is_named) {
  given<rules>()
      .when(create_order{"ada", {{"pen", 1, cents(1)}, {"", 1, cents(1)}}, home})
      .then_invalid("empty_product_id", "/items/1/product_id");
  given<rules>(created).when(add_order_item{"", 1, cents(1)}).then_invalid("empty_product_id", "/product_id");
}

TEST(order, a_total_that_numbers_cannot_hold_is_refused) {
  const item dear{"yacht", 90'071, cents(100'000'000'000)}; // 9,007,100,000,000,000 cents: just below 2^53.
  const order_created nearly{"ada", {dear}, home};
  given<rules>().when(create_order{"ada", {dear, dear}, home}).then_invalid("total_too_large", "/items");
  given<rules>(nearly).when(add_order_item{"yacht", 1, cents(99'254'740'993)}).then_invalid("total_too_large");
  given<rules>(nearly)
      .when(add_order_item{"yacht", 1, cents(99'254'740'992)})
      .then(order_item_added{"yacht", 1, cents(99'254'740'992)});
}

TEST(order, the_largest_lines_of_all_do_not_overflow) {
  const item largest{"moon", 1'000'000, cents(100'000'000'000)};
  given<rules>()
      .when(create_order{"ada", std::vector<item>(200, largest), home})
      .then_invalid("total_too_large", "/items");
}

TEST(order, an_item_is_added_to_a_pending_order) {
  const auto done = given<rules>(created).when(add_order_item{"ink", 3, cents(10)});
  done.then(order_item_added{"ink", 3, cents(10)});
  EXPECT_EQ(done.after().total_amount, cents(330));
  EXPECT_EQ(done.after().items.size(), 2u);
}

TEST(order, the_same_product_again_is_another_line) {
  const auto done = given<rules>(created).when(add_order_item{"pen", 1, cents(150)});
  EXPECT_EQ(done.after().items.size(), 2u);
  EXPECT_EQ(done.after().total_amount, cents(450));
}

TEST(order, a_cancelled_order_keeps_its_total_and_its_reason) {
  const auto done = given<rules>(created).when(cancel_order{"changed my mind"});
  done.then(order_cancelled{"changed my mind"});
  EXPECT_EQ(done.after().status, order_status::cancelled);
  EXPECT_EQ(done.after().reason, "changed my mind");
  EXPECT_EQ(done.after().total_amount, cents(300));
}

TEST(order, a_pending_order_is_shipped) {
  const auto done = given<rules>(created).when(ship_order{});
  done.then(order_shipped{});
  EXPECT_EQ(done.after().status, order_status::shipped);
}

TEST(order, a_cancelled_order_refuses_every_change) {
  const given<rules> cancelled(created, order_cancelled{"why not"});
  cancelled.when(add_order_item{"pen", 1, cents(1)}).then_rejected("already_cancelled");
  cancelled.when(cancel_order{"again"}).then_rejected("already_cancelled");
  cancelled.when(ship_order{}).then_rejected("already_cancelled");
}

TEST(order, a_shipped_order_refuses_every_change) {
  const given<rules> shipped(created, order_shipped{});
  shipped.when(add_order_item{"pen", 1, cents(1)}).then_rejected("already_shipped");
  shipped.when(cancel_order{"too late"}).then_rejected("already_shipped");
  shipped.when(ship_order{}).then_rejected("already_shipped");
}

TEST(order, an_unknown_order_is_not_found) {
  given<rules>().when(add_order_item{"pen", 1, cents(1)}).then_not_found("unknown_order");
  given<rules>().when(cancel_order{"why"}).then_not_found("unknown_order");
  given<rules>().when(ship_order{}).then_not_found("unknown_order");
}

TEST(order, every_refusal_has_a_sentence) {
  using stele::denial;
  std::vector<stele::decision<event>> refusals;
  refusals.push_back(decide(state{}, create_order{}));
  refusals.push_back(decide(state{}, ship_order{}));
  refusals.push_back(decide(given<rules>(created, order_shipped{}).now(), ship_order{}));
  for (const auto& each : refusals) {
    EXPECT_FALSE(each.accepted());
    EXPECT_TRUE(each.why().sentence.ends_with('.')) << each.why().sentence;
  }
}
