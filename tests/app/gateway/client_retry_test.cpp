// What a client does when connections, gateways or answers are lost.
#include "app/client/client_actor.hpp"
#include "app/client/link_actor.hpp"
#include "tests/app/gateway/gateway_fixture.hpp"
#include "tests/app/gateway/relay.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

using namespace stele;
using namespace stele::test;

using client_that_retries = client_of_a_gateway;

namespace {

/// A gateway of its own, on any port.
std::unique_ptr<gateway::door> door_before(fake_node& node) {
  gateway_settings any_port;
  any_port.port = 0;
  return std::get<std::unique_ptr<gateway::door>>(gateway::open_door(any_port, node.calls()));
}

} // namespace

TEST_F(client_that_retries, what_had_no_effect_is_sent_again_with_the_same_id) {
  node_.refuse_next(3, {refusal_kind::overloaded, "overloaded", "Too much to do.", ""});
  client it{options()};
  const auto done = ship(it);
  ASSERT_TRUE(done) << done.error().message;
  const auto tried = node_.tried();
  ASSERT_EQ(tried.size(), 4u);
  for (const auto& id : tried) EXPECT_EQ(id, tried.front());
  EXPECT_EQ(node_.done(), 1u);
}

TEST_F(client_that_retries, what_never_has_an_effect_ends_with_the_reason) {
  node_.refuse_next(1'000'000, {refusal_kind::overloaded, "overloaded", "Too much to do.", ""});
  client it{options()};
  const auto done = ship(it, {std::nullopt, std::nullopt, 2000});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::overloaded);
  EXPECT_GT(node_.tried().size(), 1u);
}

TEST_F(client_that_retries, a_command_on_its_way_survives_a_restart_of_the_gateway_with_one_effect) {
  client it{options()};
  node_.hold();
  auto answer = begin(it);
  ASSERT_TRUE(node_.wait_for_held(1));
  const auto port = door_->port();
  door_.reset();
  open(port);
  ASSERT_TRUE(node_.wait_for_held(2)) << "sent again over a new connection";
  node_.release();
  const auto done = answer.get();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->repeated);
  const auto tried = node_.tried();
  ASSERT_EQ(tried.size(), 2u);
  EXPECT_EQ(tried[0], tried[1]);
  EXPECT_EQ(node_.done(), 1u);
}

TEST_F(client_that_retries, a_command_is_sent_again_when_the_wire_is_cut) {
  relay wire{door_->port()};
  auto over_the_wire = options();
  over_the_wire.servers = {"127.0.0.1:" + std::to_string(wire.port())};
  client it{over_the_wire};
  node_.hold();
  std::vector<std::future<outcome<accepted>>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(begin(it));
  ASSERT_TRUE(node_.wait_for_held(3));
  wire.cut(); // Nobody tells the client what became of its commands.
  ASSERT_TRUE(node_.wait_for_held(6));
  node_.release();
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  const auto tried = node_.tried();
  EXPECT_EQ((std::vector<uuid>{tried.begin(), tried.begin() + 3}), (std::vector<uuid>{tried.begin() + 3, tried.end()}))
      << "the same ids, in the same order";
  EXPECT_EQ(node_.done(), 3u);
  EXPECT_EQ(wire.connections(), 2u);
}

TEST_F(client_that_retries, a_command_cut_off_at_its_end_ends_unknown) {
  auto wire = std::make_unique<relay>(door_->port());
  auto over_the_wire = options();
  over_the_wire.servers = {"127.0.0.1:" + std::to_string(wire->port())};
  client it{over_the_wire};
  node_.hold();
  auto answer = std::async(std::launch::async, [&] { return ship(it, {std::nullopt, std::nullopt, 200}); });
  ASSERT_TRUE(node_.wait_for_held(1));
  wire.reset(); // And nobody answers any more.
  const auto done = answer.get();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::outcome_unknown);
}

TEST_F(client_that_retries, reconnects_as_often_as_it_must) {
  client it{options()};
  const auto port = door_->port();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ship(it));
    door_.reset();
    open(port);
  }
  EXPECT_TRUE(ship(it));
  EXPECT_EQ(node_.done(), 4u);
}

TEST_F(client_that_retries, tries_the_next_server_when_one_is_gone) {
  auto two = options();
  two.servers.insert(two.servers.begin(), "127.0.0.1:1"); // Nobody listens there.
  client it{two};
  EXPECT_TRUE(ship(it));
}

TEST_F(client_that_retries, goes_on_at_the_next_server_at_once_when_one_is_ending) {
  fake_node next;
  const auto second = door_before(next);
  node_.refuse_next(1'000'000, {refusal_kind::unavailable, "closing", "The node is closing.", ""});
  auto both = options();
  both.servers.push_back("127.0.0.1:" + std::to_string(second->port()));
  client it{both};
  const auto done = ship(it);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(node_.tried().size(), 1u) << "it is not asked again";
  EXPECT_EQ(next.done(), 1u);
}

TEST_F(client_that_retries, keeps_its_next_connection_when_it_hears_late_that_the_last_one_was_lost) {
  fake_node next;
  const auto second = door_before(next);
  node_.refuse_next(1'000'000, {refusal_kind::unavailable, "closing", "The node is closing.", ""});
  next.hold();
  auto both = options();
  both.backoff_ms_min = both.backoff_ms_max = 10;
  both.servers.push_back("127.0.0.1:" + std::to_string(second->port()));
  caf::actor_system_config config;
  prepare_for_clients(config);
  caf::actor_system system{config};
  const auto it = spawn_client(system, both);
  const auto promise = std::make_shared<std::promise<outcome<accepted>>>();
  auto answer = promise->get_future();
  caf::anon_send(it, client_call{command_request{"order", "7", "ship_order", "{}", {}, std::nullopt, 3000},
                                 [promise](const response& how) { promise->set_value(outcome_of<accepted>(how)); }});
  while (next.tried().empty()) { // Its first connection has the number 1.
    if (!node_.tried().empty()) caf::anon_send(it, link_lost{1, "late"});
    std::this_thread::yield();
  }
  EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  next.release();
  const auto done = answer.get();
  ASSERT_TRUE(done) << done.error().message;
  caf::anon_send_exit(it, caf::exit_reason::user_shutdown);
}

TEST_F(client_that_retries, without_a_server_nothing_is_done_and_it_says_so) {
  auto nowhere = options();
  nowhere.servers = {"127.0.0.1:1"};
  client it{nowhere};
  const auto done = ship(it, {std::nullopt, std::nullopt, 100});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::unavailable);
  EXPECT_NE(done.error().message.find("127.0.0.1:1"), std::string::npos) << done.error().message;
}

TEST_F(client_that_retries, an_address_that_is_none_is_named) {
  auto nowhere = options();
  nowhere.servers = {"just-a-name"};
  client it{nowhere};
  const auto done = ship(it, {std::nullopt, std::nullopt, 100});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("wanted host:port"), std::string::npos) << done.error().message;
}

TEST_F(client_that_retries, a_command_that_is_not_answered_in_time_ends_unknown) {
  client it{options()};
  node_.hold();
  const auto id = hash_to_uuid("held");
  const auto done = ship(it, {id, std::nullopt, 100});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::outcome_unknown);
  EXPECT_NE(done.error().message.find(to_string(id)), std::string::npos);
  node_.release();
  const auto again = ship(it, {id, std::nullopt, std::nullopt});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated) << "the same id gets the first answer";
  EXPECT_EQ(node_.done(), 1u);
}

TEST_F(client_that_retries, calls_open_at_its_end_are_answered) {
  node_.hold();
  std::future<outcome<accepted>> answer;
  {
    client it{options()};
    answer = begin(it);
    ASSERT_TRUE(node_.wait_for_held(1));
  }
  const auto done = answer.get();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::outcome_unknown);
}

TEST_F(client_that_retries, may_end_in_another_thread_than_it_began) {
  auto it = std::make_unique<client>(options());
  ASSERT_TRUE(ship(*it));
  std::thread{[&] {
    it.reset();
    door_.reset();
  }}.join();
}

TEST_F(client_that_retries, keeps_trying_what_the_gateway_sheds_for_its_limit) {
  door_.reset();
  settings_.requests_max = 4;
  open(0);
  client it{options()};
  std::vector<std::future<outcome<accepted>>> answers;
  for (int i = 0; i < 6; ++i) answers.push_back(begin(it));
  for (auto& answer : answers) {
    const auto done = answer.get();
    EXPECT_TRUE(done) << done.error().message;
  }
  EXPECT_EQ(node_.done(), 6u);
}

TEST_F(client_that_retries, the_gateway_answers_what_is_open_when_it_stops) {
  auto once = options();
  client it{once};
  node_.hold();
  const auto id = hash_to_uuid("held");
  auto answer = std::async(std::launch::async, [&] { return ship(it, {id, std::nullopt, 300}); });
  ASSERT_TRUE(node_.wait_for_held(1));
  door_->stop();
  const auto done = answer.get();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, refusal_kind::outcome_unknown);
}
