#include "app/check/model.hpp"

#include "app/check/json_reader.hpp"
#include "domain/account.hpp"
#include "domain/order.hpp"
#include "persistence/codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stele::check {
namespace {

// What a rule of the product says, in the words of the model.
template <class Decision>
std::string said(const Decision& decision) {
  if (!decision.accepted()) return decision.why().code;
  return decision.events().empty() ? "unchanged" : "done";
}

std::string said(const verdict& it) {
  if (!it.code.empty()) return std::string(it.code);
  return it.changes ? "done" : "unchanged";
}

// Goes through random commands with both; after each, both must have said the same and be in the same state.
template <class State, class Command>
void agree(State& product, state& model, const char* name, const Command& command) {
  const auto asked = read_deed(name, encode(command));
  const auto decision = decide(product, command);
  RC_ASSERT(said(decision) == said(decide(model, asked)));
  if (!decision.accepted()) return;
  for (const auto& event : decision.events())
    product = std::visit([&](const auto& e) { return evolve(product, e); }, event);
  if (decide(model, asked).changes) model = after(model, asked);
}

money any_price() {
  return cents(
      *rc::gen::weightedOneOf<std::int64_t>({{8, rc::gen::inRange<std::int64_t>(-1, 100'000)},
                                             {1, rc::gen::inRange<std::int64_t>(99'999'999'990, 100'000'000'010)}}));
}
std::int64_t any_quantity() {
  return *rc::gen::weightedOneOf<std::int64_t>(
      {{8, rc::gen::inRange<std::int64_t>(0, 9)}, {1, rc::gen::inRange<std::int64_t>(999'990, 1'000'010)}});
}
std::string any_name() { return *rc::gen::element<std::string>("ada", "bob", "bob", "\"\\\n\xc3\xa9", "ada", ""); }

RC_GTEST_PROP(model, says_the_same_of_orders_as_the_product, ()) {
  order::state product;
  state model;
  for (int step = 0; step < 30; ++step) {
    const auto dice = *rc::gen::inRange(0, 20);
    if (dice < 3) {
      order::create_order command{any_name(), {}, {}};
      for (auto lines = *rc::gen::inRange(0, 4); lines > 0; --lines)
        command.items.push_back({any_name(), any_quantity(), any_price()});
      agree(product, model, "create_order", command);
    } else if (dice < 18) {
      agree(product, model, "add_order_item", order::add_order_item{any_name(), any_quantity(), any_price()});
    } else if (dice == 18) {
      agree(product, model, "cancel_order", order::cancel_order{any_name()});
    } else {
      agree(product, model, "ship_order", order::ship_order{});
    }
    RC_ASSERT(product.total_amount.minor_units() == model.cents);
    RC_ASSERT(product.items.size() == model.count);
    RC_ASSERT(model.at == stage::none || hash_of(product.customer_id) == model.who);
    RC_ASSERT(static_cast<int>(product.status) == static_cast<int>(model.at));
  }
}

RC_GTEST_PROP(model, says_the_same_of_accounts_as_the_product, ()) {
  account::state product;
  state model;
  for (int step = 0; step < 30; ++step) {
    const auto dice = *rc::gen::inRange(0, 10);
    if (dice < 2)
      agree(product, model, "open_account", account::open_account{any_name()});
    else if (dice < 6)
      agree(product, model, "deposit", account::deposit{any_price()});
    else
      agree(product, model, "withdraw", account::withdraw{any_price()});
    RC_ASSERT(product.balance.minor_units() == model.cents);
    RC_ASSERT(product.open == (model.at == stage::open));
  }
}

TEST(model, reads_amounts_digit_by_digit) {
  const auto cents_of = [](const std::string& number) {
    const auto it = read_deed("deposit", "{\"amount\":" + number + "}");
    return it.fault == "unreadable" ? -1 : it.cents;
  };
  EXPECT_EQ(cents_of("5"), 500);
  EXPECT_EQ(cents_of("5.1"), 510);
  EXPECT_EQ(cents_of("0.29"), 29);
  EXPECT_EQ(cents_of("90071992547409.92"), std::int64_t{1} << 53);
  EXPECT_EQ(cents_of("5.100"), 510);
  EXPECT_EQ(cents_of("5.101"), -1);
  EXPECT_EQ(cents_of("1e2"), -1);
}

TEST(model, takes_two_bodies_that_mean_the_same_for_the_same) {
  const auto one = read_deed(
      "create_order",
      R"({"customer_id":"a","items":[{"product_id":"p","quantity":2,"price":1.50}],"shipping_address":{"a":1.0,"b":[null]}})");
  const auto two = read_deed(
      "order_created",
      R"({ "shipping_address":{"b":[null],"a":1},"items":[{"price":1.5,"quantity":2,"product_id":"p"}],"customer_id":"\u0061"})");
  EXPECT_EQ(one, two);
  EXPECT_EQ(one.cents, 300);
  const auto other = read_deed(
      "order_created",
      R"({"customer_id":"a","items":[{"product_id":"p","quantity":2,"price":1.50}],"shipping_address":{"a":1,"b":[]}})");
  EXPECT_FALSE(one == other);
}

} // namespace
} // namespace stele::check
