#include "app/version.hpp"
#include "domain/account.hpp"
#include "domain/order_view.hpp"
#include "tests/app/order_shop.hpp"

#include <fstream>
#include <future>
#include <thread>

namespace stele {
namespace {

TEST(runtime, a_command_is_answered_with_its_version_and_stands_in_the_history) {
  order_shop shop(in_memory());
  ASSERT_EQ(shop.send<order::aggregate>("7", an_order("ada")).value().version, 1u);
  ASSERT_EQ(shop.send<order::aggregate>("7", order::add_order_item{"pen", 1, cents(100)}).value().version, 2u);
  const auto history = shop.history("order-7").value();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].type, "order_created");
  EXPECT_EQ(history[1].type, "order_item_added");
  EXPECT_EQ(history[1].payload, R"({"product_id":"pen","quantity":1,"price":1.00})");
}

TEST(runtime, a_refusal_is_a_value_with_a_word_and_a_sentence) {
  order_shop shop(in_memory());
  const auto refused = shop.send<order::aggregate>("7", order::ship_order{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, refusal_kind::not_found);
  EXPECT_EQ(refused.error().code, "unknown_order");
  EXPECT_THROW(refused.value(), std::runtime_error);
}

TEST(runtime, a_command_sent_again_with_its_id_has_one_effect) {
  order_shop shop(in_memory());
  send_options same;
  same.command_id = hash_to_uuid("the same");
  shop.send<order::aggregate>("7", an_order("ada")).value();
  const auto first = shop.send<order::aggregate>("7", order::add_order_item{"pen", 1, cents(100)}, same).value();
  const auto again = shop.send<order::aggregate>("7", order::add_order_item{"pen", 1, cents(100)}, same).value();
  EXPECT_FALSE(first.repeated);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(shop.history("order-7").value().size(), 2u);
}

TEST(runtime, a_command_for_another_version_is_refused) {
  order_shop shop(in_memory());
  shop.send<order::aggregate>("7", an_order("ada")).value();
  send_options wrong;
  wrong.expected_version = 5;
  EXPECT_EQ(shop.send<order::aggregate>("7", order::ship_order{}, wrong).error().kind, refusal_kind::wrong_version);
}

TEST(runtime, a_look_up_with_the_token_of_a_command_sees_its_effect) {
  order_shop shop(in_memory());
  shop.send<order::aggregate>("7", an_order("ada")).value();
  const auto shipped = shop.send<order::aggregate>("7", order::ship_order{}).value();
  const auto found = shop.get<order_view::view>("7", shop.token_of(shipped)).value();
  ASSERT_TRUE(found.row);
  EXPECT_FALSE(found.as_of.stale);
  EXPECT_EQ(found.row->status, order_view::status::shipped);
  EXPECT_EQ(found.row->total_amount, cents(3996));
  EXPECT_EQ(found.row->version, 2u);
}

TEST(runtime, a_look_up_of_a_key_nobody_wrote_finds_no_row) {
  order_shop shop(in_memory());
  EXPECT_FALSE(shop.get<order_view::view>("none").value().row);
}

TEST(runtime, a_registered_query_answers_rows_and_their_total) {
  order_shop shop(in_memory());
  token seen;
  for (const auto* id : {"1", "2", "3"})
    merge(seen, shop.token_of(shop.send<order::aggregate>(id, an_order(id[0] == '3' ? "bob" : "ada")).value()));
  const auto found = shop.query("orders_of_customer", R"({"customer_id":"ada"})", seen).value();
  EXPECT_EQ(found.page.total, 2u);
  EXPECT_EQ(found.page.rows.size(), 2u);
}

TEST(runtime, a_history_longer_than_one_read_comes_whole) {
  auto settings = in_memory();
  settings.actors.recover_events_max = 10;
  order_shop shop(settings);
  shop.send("account-1", "open_account", R"({"owner":"ada"})").value();
  for (int i = 0; i < 34; ++i) shop.send<account::aggregate>("1", account::deposit{cents(1)}).value();
  const auto history = shop.history("account-1").value();
  ASSERT_EQ(history.size(), 35u);
  EXPECT_EQ(history.back().version, 35u);
}

TEST(runtime, a_history_nobody_wrote_is_not_found) {
  order_shop shop(in_memory());
  EXPECT_EQ(shop.history("order-none").error().kind, refusal_kind::not_found);
}

TEST(runtime, everything_is_there_after_a_restart) {
  const temporary_folder folder;
  const auto settings = sqlite_config(folder.file("new/shop.db"));
  {
    order_shop shop(settings);
    shop.send<order::aggregate>("7", an_order("ada")).value();
  }
  order_shop shop(settings);
  EXPECT_EQ(shop.history("order-7").value().size(), 1u);
  EXPECT_EQ(shop.get<order_view::view>("7").value().row->customer_id, "ada");
  EXPECT_EQ(shop.send<order::aggregate>("7", order::ship_order{}).value().version, 2u);
}

TEST(runtime, it_may_be_started_by_a_thread_that_outlives_it) {
  std::promise<void> sent, gone;
  auto shop = std::make_unique<order_shop>(in_memory());
  std::thread caller([&] {
    shop->send<order::aggregate>("7", an_order("ada")).value();
    sent.set_value();
    gone.get_future().wait();
  });
  sent.get_future().wait();
  shop.reset();
  gone.set_value();
  caller.join();
}

TEST(runtime, a_store_that_another_program_has_is_refused_with_a_sentence) {
  const temporary_folder folder;
  const auto settings = sqlite_config(folder.file("shop.db"));
  order_shop first(settings), second(settings);
  ASSERT_FALSE(first.start());
  const auto why = second.start();
  ASSERT_TRUE(why);
  EXPECT_NE(why->find("shop.db"), std::string::npos) << *why;
  const auto refused = second.send<order::aggregate>("7", order::ship_order{});
  EXPECT_EQ(refused.error().kind, refusal_kind::unavailable);
  EXPECT_EQ(refused.error().message, *why);
}

TEST(runtime, a_name_registered_twice_is_refused_with_a_sentence) {
  runtime shop(in_memory());
  shop.host<order::aggregate>();
  shop.host<order::aggregate>();
  EXPECT_EQ(shop.start(), "the aggregate 'order' is registered twice; keep one");
}

TEST(runtime, a_view_of_an_aggregate_that_nobody_hosts_is_refused_with_a_sentence) {
  runtime shop(in_memory());
  shop.project<order_view::view>();
  EXPECT_EQ(shop.start(), "the view 'order_views' folds events of 'order', which nobody hosts; call host for it");
}

TEST(runtime, a_query_of_a_view_that_is_not_there_is_refused_with_a_sentence) {
  runtime shop(in_memory());
  shop.host<order::aggregate>();
  shop.answer<order_view::search_orders>();
  EXPECT_EQ(shop.start(),
            "the query 'search_orders' asks the view 'order_views', which is not there; call project for it");
}

TEST(runtime, the_version_is_the_one_the_build_has) {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream in(root / "CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(text.find("project(Stele VERSION " + std::string(program_version) + ' '), std::string::npos);
}

} // namespace
} // namespace stele
