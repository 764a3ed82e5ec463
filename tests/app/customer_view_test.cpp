// The summary of a customer on a whole node with a file: exact while many callers write, and after a restart.
#include "app/admin/verify.hpp"
#include "domain/customer_view.hpp"
#include "tests/app/order_shop.hpp"

#include <thread>
#include <vector>

namespace stele {
namespace {

constexpr int callers = 4, orders_each = 25;

struct customer_view_test : testing::Test {
  temporary_folder folder;
  config settings = sqlite_config(folder.file("shop.db"));

  /// One caller: its orders belong to all customers in turn; each sees its own write.
  static void call(order_shop& shop, int caller) {
    for (int i = 0; i < orders_each; ++i) {
      const auto id = std::to_string(caller) + '-' + std::to_string(i);
      const auto customer = "customer " + std::to_string(i % 5);
      shop.send<order::aggregate>(id, an_order(customer, 1)).value();
      shop.send<order::aggregate>(id, order::add_order_item{"pen", 1, cents(100)}).value();
      const auto last = i % 2 == 0 ? shop.send<order::aggregate>(id, order::ship_order{}).value()
                                   : shop.send<order::aggregate>(id, order::cancel_order{"late"}).value();
      const auto found = shop.get<customer_view::view>(customer, shop.token_of(last)).value();
      ASSERT_TRUE(found.row) << customer;
      EXPECT_FALSE(found.as_of.stale);
      EXPECT_GE(found.row->shipped_orders + found.row->cancelled_orders, i / 5 + 1) << "its own orders, at least";
    }
  }

  static void expect_all(order_shop& shop) {
    for (int i = 0; i < 5; ++i) {
      const auto found = shop.get<customer_view::view>("customer " + std::to_string(i)).value();
      ASSERT_TRUE(found.row) << i;
      EXPECT_EQ(found.row->orders, callers * orders_each / 5);
      EXPECT_EQ(found.row->open_orders, 0);
      EXPECT_EQ(found.row->shipped_orders + found.row->cancelled_orders, found.row->orders);
      EXPECT_EQ(found.row->total_amount, cents(found.row->orders * 2098));
      EXPECT_EQ(found.row->item_count, 2 * found.row->orders);
    }
  }
};

TEST_F(customer_view_test, is_exact_while_many_write_and_after_a_restart) {
  {
    order_shop shop(settings);
    std::vector<std::thread> threads;
    for (int caller = 0; caller < callers; ++caller) threads.emplace_back([&shop, caller] { call(shop, caller); });
    for (auto& thread : threads) thread.join();
    expect_all(shop);
  }
  {
    order_shop shop(settings);
    expect_all(shop);
    const auto more = shop.send<order::aggregate>("one-more", an_order("customer 9")).value();
    EXPECT_EQ(shop.get<customer_view::view>("customer 9", shop.token_of(more)).value().row->orders, 1);
  }
  const order_shop names(in_memory());
  auto opened = open_store({.uri = settings.store.uri, .read_only = true});
  ASSERT_TRUE(opened);
  const auto report = admin::verify(**opened, names.hosted(), {});
  ASSERT_TRUE(report);
  for (const auto& it : report->found.all()) ADD_FAILURE() << it.kind << ": " << it.first;
  EXPECT_EQ(report->views.back().rows, 6u);
}

} // namespace
} // namespace stele
