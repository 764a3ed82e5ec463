// The whole way: client library, guard, gateway, a real node over the memory store, and back.
#include "actors/hosted.hpp"
#include "actors/node.hpp"
#include "app/client/client.hpp"
#include "app/gateway/door.hpp"
#include "domain/customer_view.hpp"
#include "domain/order.hpp"
#include "domain/order_view.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <gtest/gtest.h>

#include <future>

using namespace stele;

namespace {

registry order_service() {
  registry it;
  it.aggregates.push_back(host_aggregate<order::aggregate>());
  it.views.push_back(host_view<order_view::view>());
  it.views.push_back(host_view<customer_view::view>());
  it.queries.push_back(host_query<order_view::orders_of_customer>());
  return it;
}

/// A node, its gateway and a client of it.
class round_trip : public testing::Test {
protected:
  void SetUp() override {
    open_gateway(0);
    shop_ = std::make_unique<client>(client_options{{"127.0.0.1:" + std::to_string(door_->port())}});
  }

  void TearDown() override {
    shop_.reset();
    door_.reset();
    std::promise<void> drained;
    node_.drain([&] { drained.set_value(); });
    drained.get_future().wait();
  }

  void open_gateway(std::uint16_t port) {
    gateway_settings settings;
    settings.port = port;
    door_.reset();
    door_ = std::move(std::get<std::unique_ptr<gateway::door>>(
        gateway::open_door(settings, gateway::calls_of(node_, "north", "0.1.0"))));
  }

  outcome<accepted> create(const std::string& id, send_options options = {}) {
    const order::create_order it{"ada", {{"tea", 2, cents(450)}}, json_object::from_json(R"({"city":"London"})")};
    return shop_->send<order::aggregate>(id, it, std::move(options));
  }

  std::unique_ptr<store> store_ = *open_store({"memory:"});
  const registry hosted_ = order_service();
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  node node_{{system_, *store_, hosted_, {}}};
  std::unique_ptr<gateway::door> door_;
  std::unique_ptr<client> shop_;
};

} // namespace

TEST_F(round_trip, an_order_is_created_changed_seen_and_cancelled) {
  const auto created = create("7");
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(created->version, 1u);
  ASSERT_TRUE(shop_->send<order::aggregate>("7", order::add_order_item{"cup", 1, cents(999)}));
  const auto seen = shop_->get("order_views", "7");
  ASSERT_TRUE(seen) << seen.error().message;
  ASSERT_EQ(seen->rows.size(), 1u);
  EXPECT_FALSE(seen->stale);
  const auto row = read_row<order_view::row>(seen->rows.front());
  ASSERT_TRUE(row);
  EXPECT_EQ(row->total_amount, cents(1899));
  EXPECT_EQ(row->item_count, 2);
  ASSERT_TRUE(shop_->send("order", "7", "cancel_order", R"({"reason":"too much"})"));
  const auto refused = shop_->send<order::aggregate>("7", order::ship_order{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, refusal_kind::rejected);
}

TEST_F(round_trip, a_query_sees_every_write_before_it) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(create(std::to_string(i)));
    order_view::orders_of_customer of_ada;
    of_ada.customer_id = "ada";
    const auto rows = shop_->query(of_ada);
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_FALSE(rows->stale);
    EXPECT_EQ(rows->total, static_cast<std::uint64_t>(i + 1));
  }
}

TEST_F(round_trip, events_keep_the_trace_a_command_came_with) {
  send_options traced;
  traced.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_TRUE(create("7", traced));
  traced.traceparent = "not one";
  ASSERT_TRUE(create("8", traced)) << "what is no trace is left out";
  const auto found = shop_->events(0);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->events.size(), 2u);
  EXPECT_EQ(found->events[0].metadata, R"({"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})");
  EXPECT_EQ(found->events[1].metadata, "");
}

TEST_F(round_trip, the_same_command_id_has_one_effect) {
  const auto id = hash_to_uuid("once");
  const auto first = create("7", {id, std::nullopt, std::nullopt});
  ASSERT_TRUE(first) << first.error().message;
  open_gateway(door_->port());
  const auto second = create("7", {id, std::nullopt, std::nullopt});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(second->version, first->version);
  EXPECT_EQ(second->token, first->token);
}

TEST_F(round_trip, refusals_say_what_is_wrong) {
  ASSERT_TRUE(create("7"));
  const auto kind_of = [](const auto& it) { return it ? refusal_kind::internal : it.error().kind; };
  EXPECT_EQ(kind_of(create("7")), refusal_kind::rejected) << "it exists";
  EXPECT_EQ(kind_of(shop_->send("order", "7", "add_order_item", R"({"product_id":"x"})")), refusal_kind::invalid);
  EXPECT_EQ(kind_of(shop_->send("order", "7", "no_such_command", "{}")), refusal_kind::invalid);
  EXPECT_EQ(kind_of(shop_->send("order", "unknown", "ship_order", "{}")), refusal_kind::not_found);
  EXPECT_EQ(kind_of(shop_->send("invoice", "7", "ship_order", "{}")), refusal_kind::not_found);
  EXPECT_EQ(kind_of(shop_->send("order", "7", "ship_order", "{}", {std::nullopt, 9, std::nullopt})),
            refusal_kind::wrong_version);
  const auto foreign = to_text(make_token(hash_to_uuid("another history"), 0, 1));
  EXPECT_EQ(kind_of(shop_->get("order_views", "7", {foreign, std::nullopt})), refusal_kind::history_changed);
}

TEST_F(round_trip, the_past_of_an_order) {
  ASSERT_TRUE(create("7"));
  ASSERT_TRUE(shop_->send<order::aggregate>("7", order::ship_order{}));
  const auto past = shop_->state_at_version("order", "7", 1);
  ASSERT_TRUE(past) << past.error().message;
  EXPECT_EQ(past->version, 1u);
  EXPECT_NE(past->state.find(R"("pending")"), std::string::npos) << past->state;
  EXPECT_FALSE(shop_->state_at_version("order", "7", 3));
}

TEST_F(round_trip, a_row_with_a_key_of_its_own_is_looked_up_by_any_text) {
  const order::create_order it{"Ada & Co.", {{"tea", 2, cents(450)}}, json_object::from_json("{}")};
  for (const auto* id : {"7", "8"}) ASSERT_TRUE(shop_->send<order::aggregate>(id, it));
  const auto seen = shop_->get("customer_summaries", "Ada & Co.");
  ASSERT_TRUE(seen) << seen.error().message;
  ASSERT_EQ(seen->rows.size(), 1u);
  EXPECT_FALSE(seen->stale);
  EXPECT_EQ(read_row<customer_view::row>(seen->rows.front())->orders, 2);
  EXPECT_EQ(shop_->get("customer_summaries", "").error().code, "bad_key");
  EXPECT_EQ(shop_->get("customer_summaries", "\xff").error().code, "bad_key");
}

TEST_F(round_trip, an_order_nobody_made_is_no_row) {
  const auto seen = shop_->get("order_views", "nobody");
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_TRUE(seen->rows.empty());
}

TEST_F(round_trip, a_client_follows_everything_in_one_order) {
  for (const auto* id : {"1", "2", "3"}) ASSERT_TRUE(create(id));
  const auto first = shop_->events(0, 2);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->events.size(), 2u);
  EXPECT_TRUE(first->more);
  EXPECT_EQ(first->events[1].aggregate, "order");
  EXPECT_EQ(first->events[1].id, "2");
  EXPECT_EQ(first->events[1].type, "order_created");
  EXPECT_EQ(first->events[1].version, 1u);
  EXPECT_NE(first->events[1].data.find(R"("customer_id":"ada")"), std::string::npos);
  const auto rest = shop_->events(first->next);
  ASSERT_TRUE(rest) << rest.error().message;
  ASSERT_EQ(rest->events.size(), 1u);
  EXPECT_EQ(rest->events[0].id, "3");
  EXPECT_TRUE(shop_->events(rest->next)->events.empty());
}

TEST_F(round_trip, a_client_that_waits_for_events_hears_of_the_next_one) {
  auto waiting = std::async(std::launch::async, [this] { return shop_->events(0, 10, 20'000); });
  ASSERT_TRUE(create("7"));
  const auto heard = waiting.get();
  ASSERT_TRUE(heard) << heard.error().message;
  ASSERT_EQ(heard->events.size(), 1u);
  EXPECT_EQ(heard->events[0].id, "7");
  const auto nothing = shop_->events(heard->next, 10, 20);
  ASSERT_TRUE(nothing) << nothing.error().message;
  EXPECT_TRUE(nothing->events.empty());
  EXPECT_EQ(nothing->next, heard->next);
}

TEST_F(round_trip, a_client_that_waits_for_events_outlives_a_lost_gateway) {
  auto waiting = std::async(std::launch::async, [this] { return shop_->events(0, 10, 20'000); });
  open_gateway(door_->port());
  ASSERT_TRUE(create("7"));
  const auto heard = waiting.get();
  ASSERT_TRUE(heard) << heard.error().message;
  EXPECT_EQ(heard->events.size(), 1u);
}

TEST_F(round_trip, events_that_do_not_fit_into_a_frame_come_with_the_next_request) {
  const order::create_order large{
      "ada", {{"tea", 2, cents(450)}}, json_object::from_json("{\"city\":\"" + std::string(200'000, 'x') + "\"}")};
  for (const auto* id : {"1", "2", "3", "4", "5"}) ASSERT_TRUE(shop_->send<order::aggregate>(id, large));
  std::uint64_t after = 0;
  std::vector<std::string> ids;
  for (int pages = 0; ids.size() < 5; ++pages) {
    ASSERT_LT(pages, 5);
    const auto page = shop_->events(after);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->more, ids.size() + page->events.size() < 5);
    for (const auto& it : page->events) ids.push_back(it.id);
    after = page->next;
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"1", "2", "3", "4", "5"}));
}
