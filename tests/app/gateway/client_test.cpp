// The client library against a gateway, over loopback; a stand-in answers for the node.
#include "app/client/client_actor.hpp"
#include "tests/app/gateway/gateway_fixture.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

using namespace stele;
using namespace stele::test;

TEST_F(client_of_a_gateway, a_command_is_answered_with_version_and_token) {
  client it{options()};
  const auto done = ship(it);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->version, 1u);
  EXPECT_EQ(done->token, to_text(fake_node::token_of(1)));
  EXPECT_TRUE(done->changed);
  EXPECT_FALSE(done->repeated);
}

TEST_F(client_of_a_gateway, says_who_the_server_is) {
  client it{options()};
  const auto server = it.hello();
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(server->server, "fake");
  EXPECT_EQ(server->history, fake_node::history);
  EXPECT_EQ(server->requests_max, settings_.requests_max);
}

TEST_F(client_of_a_gateway, queries_wait_for_what_the_client_wrote) {
  client it{options()};
  EXPECT_EQ(it.session(), "");
  ASSERT_TRUE(ship(it));
  ASSERT_TRUE(it.get("order_views", "7"));
  ASSERT_TRUE(it.query("orders_of_customer", R"({"customer_id":"ada"})"));
  const auto asked = node_.asked();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0]->view, "order_views");
  EXPECT_EQ(asked[0]->key, "7");
  EXPECT_EQ(asked[0]->after, fake_node::token_of(1));
  EXPECT_EQ(asked[1]->name, "orders_of_customer");
  EXPECT_EQ(asked[1]->parameters, R"({"customer_id":"ada"})");
  EXPECT_EQ(asked[1]->after, fake_node::token_of(1));
  it.forget_session();
  ASSERT_TRUE(it.get("order_views", "7"));
  EXPECT_TRUE(node_.asked()[2]->after.empty());
}

TEST_F(client_of_a_gateway, rows_and_their_currency_arrive) {
  node_.answer_with({"7", "8"});
  client it{options()};
  const auto rows = it.query("orders_of_customer", "{}", {to_text(fake_node::token_of(3)), 250});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->rows, (std::vector<std::string>{R"({"order_id":"7"})", R"({"order_id":"8"})"}));
  EXPECT_EQ(rows->total, 2u);
  EXPECT_EQ(rows->token, to_text(fake_node::token_of(3)));
  EXPECT_LE(node_.asked()[0]->timeout_ms, 250);
}

TEST_F(client_of_a_gateway, states_of_the_past_arrive) {
  client it{options()};
  const auto by_version = it.state_at_version("order", "7", 4);
  ASSERT_TRUE(by_version) << by_version.error().message;
  EXPECT_EQ(by_version->version, 4u);
  const auto by_time = it.state_at_time("order", "7", 2000);
  ASSERT_TRUE(by_time);
  EXPECT_EQ(by_time->at, 2000);
  EXPECT_EQ(by_time->state, R"({"by":"time"})");
}

TEST_F(client_of_a_gateway, a_refusal_of_the_node_is_final) {
  node_.refuse_next(1, {refusal_kind::rejected, "already_shipped", "It has been shipped.", "/id"});
  client it{options()};
  const auto done = ship(it);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::rejected);
  EXPECT_EQ(done.error().code, "already_shipped");
  EXPECT_EQ(done.error().pointer, "/id");
  EXPECT_EQ(node_.tried().size(), 1u);
}

TEST_F(client_of_a_gateway, names_that_lead_to_another_stream_are_refused) {
  client it{options()};
  for (const auto& [aggregate, id] : {std::pair{"order-a", "7"}, {"", "7"}, {"order", ""}, {"order", "a/b"}}) {
    const auto done = it.send(aggregate, id, "ship_order", "{}");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, refusal_kind::invalid);
  }
  EXPECT_TRUE(node_.tried().empty());
}

TEST_F(client_of_a_gateway, a_damaged_token_is_refused) {
  client it{options()};
  const auto rows = it.get("order_views", "7", {"damaged", std::nullopt});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, refusal_kind::bad_token);
}

TEST_F(client_of_a_gateway, no_more_than_the_window_is_in_flight) {
  auto narrow = options();
  narrow.in_flight_max = 4;
  client it{narrow};
  node_.hold();
  std::vector<std::future<outcome<accepted>>> answers;
  for (int i = 0; i < 40; ++i) answers.push_back(begin(it));
  ASSERT_TRUE(node_.wait_for_held(4));
  EXPECT_EQ(node_.tried().size(), 4u);
  node_.release();
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_EQ(node_.held_max(), 4u);
  EXPECT_EQ(node_.done(), 40u);
}

TEST_F(client_of_a_gateway, more_than_may_wait_is_refused_at_once) {
  auto narrow = options();
  narrow.in_flight_max = 1;
  narrow.waiting_max = 2;
  client it{narrow};
  node_.hold();
  std::vector<std::future<outcome<accepted>>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(begin(it));
  const auto fourth = begin(it).get();
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().kind, refusal_kind::client_limit);
  node_.release();
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
}

TEST_F(client_of_a_gateway, a_request_beyond_the_frame_is_refused_and_the_connection_stays) {
  client it{options()};
  ASSERT_TRUE(ship(it));
  const auto done = it.send("order", "7", "ship_order", std::string(2 << 20, 'x'));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::too_large);
  ASSERT_TRUE(ship(it));
  EXPECT_EQ(door_->counts().connections_accepted, 1u);
}

TEST_F(client_of_a_gateway, an_answer_beyond_the_frame_is_refused) {
  node_.answer_with({std::string(2 << 20, 'x')});
  client it{options()};
  const auto rows = it.get("order_views", "7");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, refusal_kind::too_large);
}

TEST_F(client_of_a_gateway, a_thousand_commands_from_four_threads_are_done_once_each) {
  client it{options()};
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 250; ++n) done += ship(it) ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 1000);
  EXPECT_EQ(node_.done(), 1000u);
}

namespace {

struct strangers_config : caf::actor_system_config {
  strangers_config() { prepare_for_clients(*this); }
};

} // namespace

TEST_F(client_of_a_gateway, an_actor_asks_the_client_actor) {
  strangers_config config;
  caf::actor_system system{config};
  auto it = spawn_client(system, options());
  {
    caf::scoped_actor self{system};
    self->request(it, caf::infinite, command_request{"order", "7", "ship_order", "{}", {}, std::nullopt, 5000})
        .receive([](const outcome<accepted>& done) { EXPECT_TRUE(done); },
                 [&](const caf::error& why) { FAIL() << system.render(why); });
    self->request(it, caf::infinite, lookup_request{"order_views", "7", "", 1000})
        .receive([](const outcome<found>& rows) { EXPECT_TRUE(rows); },
                 [&](const caf::error& why) { FAIL() << system.render(why); });
    self->request(it, caf::infinite, hello_request{})
        .receive([](const outcome<server_info>& server) { EXPECT_EQ(server->server, "fake"); },
                 [&](const caf::error& why) { FAIL() << system.render(why); });
    self->send_exit(it, caf::exit_reason::user_shutdown);
  }
  ASSERT_EQ(node_.tried().size(), 1u);
  EXPECT_NE(node_.tried().front(), uuid{}) << "an id was made";
  EXPECT_EQ(node_.asked().front()->after, fake_node::token_of(1)) << "it saw what it wrote";
}

TEST(client_actor, a_system_that_is_not_prepared_is_refused) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  EXPECT_THROW(spawn_client(system, {}), std::logic_error);
}
