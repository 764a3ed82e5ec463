// The order domain in clusters that fail, beside accounts.
#include "domain/account.hpp"
#include "domain/order.hpp"

#include "tests/kit/simulate.hpp"

namespace {

using orders = stele::kit::streams<order::aggregate>;
using accounts = stele::kit::streams<account::aggregate>;

bool ends(const order::event& it) {
  return std::holds_alternative<order::order_shipped>(it) || std::holds_alternative<order::order_cancelled>(it);
}

} // namespace

TEST(order_in_a_cluster, ends_once_and_costs_what_its_items_cost) {
  const auto found = stele::kit::simulate<order::aggregate>()
                         .each("the total is that of the items",
                               [](const order::state& s) { return s.total_amount == order::total_of(s.items); })
                         .all("nothing happens after the end",
                              [](const orders& all) {
                                for (const auto& [id, order] : all)
                                  for (std::size_t i = 0; i + 1 < order.events.size(); ++i)
                                    if (ends(order.events[i])) return false;
                                return true;
                              })
                         .run(100);
  EXPECT_EQ(found.violations(), 0u) << found.story();
  EXPECT_GT(found.events, 500u);
}

TEST(order_in_a_cluster, stands_beside_accounts) {
  bool ordered = false, paid_in = false;
  const auto found =
      stele::kit::simulate<order::aggregate, account::aggregate>()
          .each("no balance below zero", [](const account::state& s) { return s.balance >= stele::money{}; })
          .all("both are seen",
               [&](const orders& all, const accounts& others) {
                 ordered = ordered || !all.empty();
                 paid_in = paid_in || !others.empty();
                 return true;
               })
          .run(20);
  EXPECT_EQ(found.violations(), 0u) << found.story();
  EXPECT_TRUE(ordered && paid_in);
}
