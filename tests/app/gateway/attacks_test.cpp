// What hostile peers do to a BASP port, done to a living gateway over loopback: in plain, and over TLS by one with a
// good certificate.
#include "app/client/client.hpp"
#include "app/gateway/door.hpp"
#include "app/gateway/protocol_codec.hpp"
#include "tests/app/gateway/fake_node.hpp"
#include "tests/app/gateway/raw_peer.hpp"
#include "tests/app/gateway/resident_bytes.hpp"
#include "tests/app/gateway/tls_files.hpp"

#include <gtest/gtest.h>

using namespace stele;
using namespace stele::test;

namespace {

gateway_settings patient() {
  gateway_settings it;
  it.port = 0;
  it.connects_per_minute_max = 100'000;
  return it;
}

/// A gateway that is short of patience: what should be cut for being late is cut soon.
gateway_settings hasty() {
  auto it = patient();
  it.handshake_ms_max = 250;
  it.partial_frame_ms_max = 100;
  return it;
}

/// After each attack an honest client is served, and the memory is where it was.
class attack : public testing::TestWithParam<const char*> {
protected:
  void open(gateway_settings settings) {
    door_.reset();
    if (over_tls()) settings.tls = files_.door();
    auto opened = gateway::open_door(settings, node_.calls());
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<gateway::door>>(opened)) << std::get<std::string>(opened);
    door_ = std::move(std::get<std::unique_ptr<gateway::door>>(opened));
    resident_before_ = resident_bytes();
  }

  void SetUp() override { open(patient()); }

  void TearDown() override {
    EXPECT_LT(resident_bytes(), resident_before_ + growth_max);
    client_options options;
    options.servers = {"127.0.0.1:" + std::to_string(door_->port())};
    client honest{over_tls() ? files_.with_tls(options) : options};
    const auto done = honest.send("order", "7", "ship_order", "{}");
    EXPECT_TRUE(done) << done.error().message;
  }

  bool over_tls() const { return GetParam() == std::string{"tls"}; }
  raw_way way() const { return {door_->port(), mine_}; }
  std::uint64_t refused(const std::string& reason) const {
    const auto reasons = door_->counts().refused;
    const auto found = reasons.find(reason);
    return found == reasons.end() ? 0 : found->second;
  }

  /// Shakes hands, sends, and is cut for `reason`.
  void expect_cut(const std::function<std::string(const raw_peer&)>& bytes, const std::string& reason) {
    raw_peer peer{way()};
    ASSERT_TRUE(peer.shake_hands());
    peer.send(bytes(peer));
    EXPECT_TRUE(peer.closed()) << reason;
    EXPECT_GE(refused(reason), 1u) << reason;
  }

  tls_files files_;
  security::tls_context mine_ = over_tls() ? tls_files::context(files_.client()) : nullptr;
  fake_node node_;
  std::unique_ptr<gateway::door> door_;
  std::size_t resident_before_ = 0;
};

std::string exit_message() {
  return message("+@exit", number(0, 8) + atom("") + number(5, 1) + atom("exit") + number(0, 2) + varbyte(3) + "@<>");
}

} // namespace

TEST_P(attack, a_handshake_without_payload) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.meet());
  peer.send(header(basp_operation::client_handshake, 0));
  EXPECT_TRUE(peer.closed());
  EXPECT_EQ(refused("bad_handshake"), 1u);
}

TEST_P(attack, the_handshake_of_a_server) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.meet());
  peer.send(header(basp_operation::server_handshake, 0, 3));
  EXPECT_TRUE(peer.closed());
}

TEST_P(attack, bytes_that_are_no_basp) {
  raw_peer peer{way()};
  peer.send("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: everything\r\n\r\n");
  EXPECT_TRUE(peer.closed());
}

TEST_P(attack, a_header_that_announces_four_gibibytes) {
  for (int i = 0; i < 20; ++i)
    expect_cut(
        [](const raw_peer& peer) {
          return header(basp_operation::direct_message, 0xFFFFFFF0, request_bit | 1, 77, peer.gateway_actor());
        },
        "too_long");
}

TEST_P(attack, a_vector_that_announces_four_gibibytes) {
  expect_cut(
      [](const raw_peer& peer) {
        return test::request(message("+stele::frame", "\xff\xff\xff\xff\x0fx"), 1, peer.gateway_actor());
      },
      "bad_layout");
}

TEST_P(attack, operations_that_do_not_exist) {
  for (int operation : {7, 8, 100, 255})
    expect_cut([&](const raw_peer&) { return header(static_cast<basp_operation>(operation), 0); }, "bad_operation");
}

TEST_P(attack, a_message_routed_to_another_client) {
  raw_peer victim{way()};
  ASSERT_TRUE(victim.shake_hands());
  expect_cut(
      [&](const raw_peer& peer) {
        return with_payload(basp_operation::routed_message,
                            peer.self() + victim.self() + number(0, 1) + frame_message("evil"), request_bit, 5, 99);
      },
      "bad_operation");
  ASSERT_TRUE(victim.ask(hello_request{}, 1));
  EXPECT_TRUE(victim.reply(1)) << "the victim has received nothing else and is served";
}

TEST_P(attack, requests_to_every_other_actor) {
  for (std::uint64_t actor = 0; actor < 40; ++actor) {
    raw_peer peer{way()};
    ASSERT_TRUE(peer.shake_hands());
    if (actor == peer.gateway_actor()) continue;
    peer.send(test::request(frame_message("x"), 1, actor));
    EXPECT_TRUE(peer.closed());
  }
}

TEST_P(attack, exit_messages_to_every_actor) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  for (std::uint64_t actor = 1; actor < 60; ++actor)
    if (actor != peer.gateway_actor())
      peer.send(with_payload(basp_operation::direct_message, exit_message(), request_bit, 77, actor));
  ASSERT_TRUE(peer.ask(hello_request{}, 1));
  EXPECT_TRUE(peer.reply(1)) << "swallowed";
  peer.send(with_payload(basp_operation::direct_message, exit_message(), request_bit, 77, peer.gateway_actor()));
  EXPECT_TRUE(peer.closed());
  expect_cut([](const raw_peer& it) { return test::request(exit_message(), 1, it.gateway_actor()); }, "bad_type");
}

TEST_P(attack, look_ups_of_the_spawn_and_config_servers) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  for (const auto* name : {"SpawnServ", "ConfigServ"}) {
    const auto ask = message("+@atom+@atom+@str", atom("sys") + atom("get") + varbyte(4) + "info");
    const auto by_name = gateway::read_number(atom(name).data(), 8);
    peer.send(with_payload(basp_operation::direct_message, ask, request_bit | 3, 77, by_name, 1));
  }
  ASSERT_TRUE(peer.ask(hello_request{}, 4));
  while (const auto it = peer.receive()) {
    EXPECT_NE(it->header.data, reply_bit | request_bit | 3) << "nobody answers";
    if (it->header.data == (reply_bit | request_bit | 4)) break;
  }
}

TEST_P(attack, links_to_our_own_actors) {
  expect_cut(
      [](const raw_peer& peer) {
        const auto handle = number(peer.gateway_actor(), 8) + peer.server();
        return with_payload(basp_operation::direct_message, message("+@atom+@strong_actor_ptr", atom("link") + handle),
                            request_bit, 77, peer.gateway_actor());
      },
      "bad_message_id");
  expect_cut(
      [](const raw_peer& peer) {
        const auto handle = number(peer.gateway_actor(), 8) + peer.server();
        return test::request(message("+@atom+@strong_actor_ptr", atom("link") + handle), 1, peer.gateway_actor());
      },
      "bad_type");
}

TEST_P(attack, messages_nested_sixty_thousand_times) {
  std::string nested;
  for (int i = 0; i < 60'000; ++i) nested += number(0, 2) + varbyte(12) + "@<>+@message";
  expect_cut([&](const raw_peer& peer) { return test::request(number(0, 1) + nested, 1, peer.gateway_actor()); },
             "bad_type");
}

TEST_P(attack, the_types_of_streams_and_timeouts) {
  for (const auto* type : {"+@open_stream_msg", "+@upstream_msg", "+@downstream_msg", "+@timeout", "+@group"})
    expect_cut(
        [&](const raw_peer& peer) {
          return test::request(message(type, std::string(80, '\0')), 1, peer.gateway_actor());
        },
        "bad_type");
}

TEST_P(attack, the_node_id_of_another_client) {
  raw_peer victim{way(), 4711};
  ASSERT_TRUE(victim.shake_hands());
  ASSERT_TRUE(victim.ask(hello_request{}, 1));
  ASSERT_TRUE(victim.reply(1));
  raw_peer thief{way(), 4711};
  ASSERT_TRUE(thief.shake_hands());
  EXPECT_TRUE(thief.closed());
  EXPECT_EQ(refused("node_taken"), 1u);
  ASSERT_TRUE(victim.ask(hello_request{}, 2));
  EXPECT_TRUE(victim.reply(2)) << "the replies still go to the victim";
}

TEST_P(attack, a_message_before_the_handshake) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.meet());
  peer.ask(hello_request{}, 1);
  EXPECT_TRUE(peer.closed());
  EXPECT_EQ(refused("too_early"), 1u);
}

TEST_P(attack, watching_with_the_ids_of_others) {
  raw_peer victim{way()};
  ASSERT_TRUE(victim.shake_hands());
  expect_cut(
      [&](const raw_peer& peer) {
        return with_payload(basp_operation::monitor_message, peer.self() + victim.self(), 0, 0, peer.gateway_actor());
      },
      "bad_ids");
}

TEST_P(attack, requests_from_too_many_actors) {
  expect_cut(
      [&](const raw_peer& peer) {
        std::string all;
        for (std::uint64_t i = 1; i <= 400; ++i)
          all += test::request(frame_message("x"), i, peer.gateway_actor(), 1000 + i);
        return all;
      },
      "too_many_sources");
}

TEST_P(attack, more_requests_than_are_answered) {
  node_.hold();
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  const command_request command{"order", "7", "ship_order", "{}", hash_to_uuid("one"), std::nullopt, 1000};
  const auto limit = patient().requests_max;
  for (std::uint64_t i = 1; i <= limit + 1; ++i) ASSERT_TRUE(peer.ask(command, i));
  const auto last = peer.reply(limit + 1);
  ASSERT_TRUE(last);
  EXPECT_EQ(std::get<refusal>(*last).kind, refusal_kind::client_limit);
  EXPECT_EQ(node_.tried().size(), limit) << "what is refused never reached the node";
  node_.release();
  EXPECT_TRUE(peer.reply(limit)) << "the others are answered";
}

TEST_P(attack, garbage_in_well_formed_frames) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  std::uint64_t number = 0;
  for (const auto& garbage : {std::string{}, std::string{"\1"}, std::string(1000, '\xff'), std::string(1000, '\0')}) {
    ASSERT_TRUE(peer.ask(garbage, ++number));
    const auto answer = peer.reply(number);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<refusal>(*answer).kind, refusal_kind::invalid);
  }
}

TEST_P(attack, frames_beyond_the_limit) {
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  peer.ask(std::string(patient().frame_bytes_max + 65, 'x'), 1);
  EXPECT_TRUE(peer.closed());
  EXPECT_EQ(refused("too_long"), 1u);
}

TEST_P(attack, silence_instead_of_a_handshake) {
  open(hasty());
  raw_peer silent{way()}, half{way()};
  ASSERT_TRUE(half.meet());
  half.send(client_hello(half.self()));
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(half.closed());
  EXPECT_GE(door_->counts().connections_late, 2u);
}

TEST_P(attack, half_a_frame_and_then_nothing) {
  open(hasty());
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  peer.send(test::request(frame_message("whole"), 1, peer.gateway_actor()).substr(0, 40));
  EXPECT_TRUE(peer.closed());
  EXPECT_GE(door_->counts().connections_late, 1u);
}

TEST_P(attack, more_connections_than_allowed) {
  auto settings = patient();
  settings.connections_max = 4;
  open(settings);
  std::vector<std::unique_ptr<raw_peer>> in;
  for (int i = 0; i < 3; ++i) {
    in.push_back(std::make_unique<raw_peer>(way()));
    ASSERT_TRUE(in.back()->shake_hands());
  }
  raw_peer fourth{way()};
  ASSERT_TRUE(fourth.meet());
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(raw_peer{way()}.meet());
  EXPECT_EQ(door_->counts().connections_refused, 20u);
  in.clear(); // Places are free when the gateway has seen it: the honest client tries until then.
}

TEST_P(attack, replies_that_are_not_read) {
  auto settings = patient();
  settings.write_buffer_bytes_max = 1 << 20;
  open(settings);
  node_.answer_with({std::string(120'000, 'x')});
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  const lookup_request look{"order_views", "7", "", 1000};
  for (std::uint64_t number = 1; number <= 100 && peer.ask(look, number); ++number) {}
  EXPECT_TRUE(peer.closed()) << "12 MB are more than what the sockets and the write buffer hold";
  EXPECT_EQ(door_->counts().slow_readers, 1u);
}

TEST_P(attack, five_hundred_clients_that_come_and_go) {
  for (int i = 0; i < 500; ++i) {
    raw_peer peer{way()};
    ASSERT_TRUE(peer.shake_hands());
  }
}

INSTANTIATE_TEST_SUITE_P(of, attack, testing::Values("plain", "tls"),
                         [](const auto& it) { return std::string{it.param}; });

TEST(gateway_door, an_address_others_can_reach_is_refused) {
  fake_node node;
  gateway_settings settings;
  settings.port = 0;
  for (const auto* address : {"0.0.0.0", "::", "192.168.1.10", "nonsense", ""}) {
    settings.address = address;
    const auto opened = gateway::open_door(settings, node.calls());
    ASSERT_TRUE(std::holds_alternative<std::string>(opened)) << address;
    EXPECT_NE(std::get<std::string>(opened).find("gateway.address"), std::string::npos);
  }
}

TEST(gateway_door, a_port_that_is_taken_is_refused_with_a_sentence) {
  fake_node node;
  auto settings = patient();
  const auto first = gateway::open_door(settings, node.calls());
  settings.port = std::get<std::unique_ptr<gateway::door>>(first)->port();
  const auto second = gateway::open_door(settings, node.calls());
  ASSERT_TRUE(std::holds_alternative<std::string>(second));
  EXPECT_NE(std::get<std::string>(second).find("gateway.port"), std::string::npos);
}
