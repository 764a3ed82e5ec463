// The gateway over TLS: who is let in, what strangers do to those who are in, and whom a client believes.
#include "app/gateway/connect_budget.hpp"
#include "tests/app/gateway/gateway_fixture.hpp"
#include "tests/app/gateway/raw_peer.hpp"
#include "tests/app/gateway/resident_bytes.hpp"
#include "tests/app/gateway/tls_files.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

namespace stele::test {
namespace {

using security::purpose;

class gateway_over_tls : public client_of_a_gateway {
protected:
  void SetUp() override {
    settings_.tls = files_.door();
    settings_.connects_per_minute_max = 100'000;
    open(0);
  }

  raw_way way(security::tls_context with) const { return {door_->port(), std::move(with)}; }
  raw_way way() const { return way(tls_files::context(files_.client())); }
  client_options ada() const { return files_.with_tls(options()); }

  /// Why a client does not get in.
  std::string refusal_of(client_options it) const {
    it.connect_timeout_ms = 500;
    client stranger{std::move(it)};
    const auto met = stranger.hello();
    return met ? "" : met.error().message;
  }

  void expect_refused(security::tls_context with, const std::string& who, const std::string& told = "") {
    const auto before = door_->counts();
    raw_peer stranger{way(std::move(with))};
    EXPECT_FALSE(stranger.meet()) << who;
    EXPECT_TRUE(stranger.fault().find(told) != std::string::npos) << who << " was told: " << stranger.fault();
    EXPECT_TRUE(stranger.closed()) << who;
    EXPECT_TRUE(becomes([&] { return door_->counts().handshakes_failed == before.handshakes_failed + 1; })) << who;
    EXPECT_EQ(door_->counts().connections_accepted, before.connections_accepted) << who;
  }

  /// Turns until it is so, at most ten seconds.
  template <class Condition>
  bool becomes(Condition is_so) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::yield();
    }
    return true;
  }

  tls_files files_;
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(gateway_over_tls, who_is_on_the_list_is_served) {
  client it{ada()};
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(ship(it));
  EXPECT_EQ(node_.done(), 100u);
  EXPECT_EQ(door_->counts().connections_accepted, 1u);
}

TEST_F(gateway_over_tls, nobody_else_is_let_in) {
  const auto mine = files_.client();
  const auto hour = 3600;
  expect_refused(tls_files::context(files_.client("bob")), "the right authority, a name that is not on the list");
  expect_refused(
      files_.showing(mine, "clients-authority", "ada", purpose::client, {files_.now - 2 * hour, files_.now - hour}),
      "expired", "alert certificate expired");
  expect_refused(
      files_.showing(mine, "clients-authority", "ada", purpose::client, {files_.now + hour, files_.now + 2 * hour}),
      "not yet valid");
  expect_refused(files_.showing(mine, "nodes-authority", "ada", purpose::client, {0, files_.now + hour}),
                 "the right name, of another authority", "alert unknown ca");
  expect_refused(files_.showing(mine, "clients-authority", "ada", purpose::node, {0, files_.now + hour}),
                 "the name of a node, which stele://client/ada is not");
  const auto nobody = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
  nobody->set_verify_mode(boost::asio::ssl::verify_none);
  expect_refused(nobody, "no certificate", "alert certificate required");
  const auto older = tls_files::context(mine);
  SSL_CTX_set_min_proto_version(older->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(older->native_handle(), TLS1_2_VERSION);
  expect_refused(older, "TLS 1.2");
}

TEST_F(gateway_over_tls, bytes_that_are_no_tls_are_closed) {
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), client_hello(node(1)), std::string(100'000, '\0'),
        std::string("\x16\x03\x01\xff\xff\x01", 6) + std::string(70'000, 'x')}) {
    raw_peer plain{way(nullptr)};
    plain.send(bytes);
    EXPECT_TRUE(plain.closed());
  }
  client it{ada()};
  EXPECT_TRUE(ship(it));
}

TEST_F(gateway_over_tls, a_common_name_is_no_name) {
  settings_.tls.names = {"ada", "clients-authority", "Stele clients"};
  open(0);
  expect_refused(tls_files::context(files_.client()), "its subject is CN=ada");
}

TEST_F(gateway_over_tls, a_client_says_why_it_does_not_get_in) {
  EXPECT_TRUE(holds(refusal_of(options()), "The handshake failed")) << refusal_of(options()) << ": plain bytes";
  auto mistaken = ada();
  mistaken.server_names = {"stele://cluster/west"};
  EXPECT_TRUE(holds(refusal_of(mistaken), "stele://cluster/east, who is not on the list")) << refusal_of(mistaken);
  mistaken.server_names = {"east.example"};
  EXPECT_EQ(refusal_of(mistaken), "") << "a DNS name of the certificate is a name";
  mistaken = ada();
  mistaken.authority = files_.file("clients-authority.pem");
  EXPECT_TRUE(holds(refusal_of(mistaken), "verify failed")) << refusal_of(mistaken);
  mistaken = ada();
  mistaken.server_names.clear();
  EXPECT_TRUE(holds(refusal_of(mistaken), "missing: server_names")) << refusal_of(mistaken);
  mistaken = ada();
  mistaken.private_key = files_.file("bob.key");
  EXPECT_TRUE(holds(refusal_of(mistaken), "bob.key")) << refusal_of(mistaken);
}

// What is signed for a client can't pass for a node, even if the name were on the list.
TEST_F(gateway_over_tls, a_client_does_not_believe_the_certificate_of_a_client) {
  settings_.tls.certificate = files_.file("bob.pem");
  settings_.tls.private_key = files_.file("bob.key");
  open(0);
  auto trusting = ada();
  trusting.authority = files_.file("clients-authority.pem");
  trusting.server_names = {"stele://client/bob"};
  EXPECT_TRUE(holds(refusal_of(trusting), "purpose")) << refusal_of(trusting);
}

TEST_F(gateway_over_tls, a_client_over_tls_does_not_talk_to_a_plain_gateway) {
  settings_.tls = {};
  open(0);
  EXPECT_NE(refusal_of(ada()), "");
  EXPECT_EQ(node_.tried().size(), 0u);
  client plain{options()};
  EXPECT_TRUE(ship(plain));
}

TEST_F(gateway_over_tls, new_certificates_of_a_client_are_used_without_a_restart) {
  auto soon = ada();
  soon.certificate = files_.folder / "soon.pem";
  client it{soon};
  const auto early = it.hello();
  ASSERT_FALSE(early);
  EXPECT_TRUE(holds(early.error().message, "soon.pem")) << early.error().message;
  std::filesystem::copy_file(files_.file("ada.pem"), soon.certificate);
  EXPECT_TRUE(ship(it));
}

TEST_F(gateway_over_tls, a_slow_handshake_is_cut_and_holds_up_nobody) {
  settings_.handshake_ms_max = 200;
  open(0);
  client it{ada()};
  ASSERT_TRUE(ship(it));
  raw_peer silent{way(nullptr)}, half{way(nullptr)};
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  ASSERT_TRUE(ship(it));
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(half.closed());
  EXPECT_TRUE(becomes([&] { return door_->counts().connections_late == 2; }));
}

TEST_F(gateway_over_tls, three_hundred_strangers_at_once_take_no_place_of_those_who_are_in) {
  settings_.connections_max = 2;
  settings_.handshakes_max = 200;
  settings_.handshake_ms_max = 1000;
  open(0);
  client it{ada()};
  ASSERT_TRUE(ship(it));
  const auto before = resident_bytes();
  std::vector<std::unique_ptr<raw_peer>> strangers;
  for (int i = 0; i < 300; ++i) {
    strangers.push_back(std::make_unique<raw_peer>(way(nullptr)));
    strangers.back()->send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  ASSERT_TRUE(becomes([&] { return door_->counts().connections_refused >= 100; })) << "of 300 places there are 200";
  EXPECT_TRUE(ship(it));
  for (auto& each : strangers) EXPECT_TRUE(each->closed());
  EXPECT_EQ(door_->counts().connections_refused, 100u);
  EXPECT_TRUE(becomes([&] { return door_->counts().connections_late == 200; })); // Counted after it is closed.
  client another{ada()};
  EXPECT_TRUE(ship(another)) << "the second place is free";
  EXPECT_EQ(door_->counts().connections_accepted, 2u);
  EXPECT_LT(resident_bytes(), before + growth_max);
}

// OpenSSL keeps errors for each thread, and all connections share one.
TEST_F(gateway_over_tls, who_goes_without_a_word_hurts_nobody_else) {
  client it{ada()};
  ASSERT_TRUE(ship(it));
  for (int i = 0; i < 20; ++i) {
    raw_peer rude{way()};
    ASSERT_TRUE(rude.shake_hands());
    ASSERT_TRUE(rude.ask(hello_request{}, 1));
    ASSERT_TRUE(rude.reply(1));
    if (i % 3 == 0) rude.vanish(); // Else without the end of TLS only.
    if (i % 3 == 1) {
      rude.send_beneath(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
      EXPECT_TRUE(rude.closed());
    }
  }
  ASSERT_TRUE(becomes([&] { return door_->counts().connections_open == 1; }));
  raw_peer refused{way(tls_files::context(files_.client("bob")))};
  EXPECT_TRUE(refused.closed());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(ship(it));
  EXPECT_EQ(door_->counts().connections_accepted, 21u) << "its connection was never lost";
  for (int i = 0; i < 5; ++i) {
    raw_peer again{way(tls_files::context(files_.client("bob")))};
    EXPECT_TRUE(again.closed());
    EXPECT_TRUE(raw_peer{way()}.shake_hands());
  }
}

TEST_F(gateway_over_tls, who_connects_too_often_is_closed_and_others_are_not) {
  settings_.connects_per_minute_max = 3;
  settings_.tls.names.push_back("stele://client/bob");
  open(0);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(raw_peer{way()}.meet());
  raw_peer fourth{way()};
  EXPECT_TRUE(fourth.closed());
  EXPECT_EQ(door_->counts().connected_too_often, 1u);
  EXPECT_TRUE(raw_peer{way(tls_files::context(files_.client("bob")))}.meet());
}

TEST(connect_budget, fills_again_with_time) {
  gateway::connect_budget it{2};
  EXPECT_TRUE(it.take("ada", 0));
  EXPECT_TRUE(it.take("ada", 0));
  EXPECT_FALSE(it.take("ada", 29'000));
  EXPECT_TRUE(it.take("bob", 29'000));
  EXPECT_TRUE(it.take("ada", 31'000));
  EXPECT_FALSE(it.take("ada", 31'000));
  EXPECT_TRUE(it.take("ada", 10'000'000));
  EXPECT_TRUE(it.take("ada", 10'000'000));
  EXPECT_FALSE(it.take("ada", 10'000'000)) << "no more is saved up than a minute's";
}

// The sockets hold a part only: what is not taken at once is written later, from where it stopped.
TEST_F(gateway_over_tls, much_that_is_read_slowly_arrives_whole) {
  node_.answer_with({std::string(900'000, 'x')});
  raw_peer peer{way()};
  ASSERT_TRUE(peer.shake_hands());
  const lookup_request look{"order_views", "7", "", 5000};
  for (std::uint64_t number = 1; number <= 6; ++number) ASSERT_TRUE(peer.ask(look, number));
  for (std::uint64_t number = 1; number <= 6; ++number) {
    const auto answer = peer.reply(number);
    ASSERT_TRUE(answer) << number;
    EXPECT_EQ(std::get<found>(*answer).rows.front().size(), std::string(R"({"order_id":""})").size() + 900'000);
  }
  const std::string body = R"({"note":")" + std::string(900'000, 'y') + R"("})";
  client it{ada()};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(it.send("order", "7", "ship_order", body));
}

TEST(gateway_door, an_open_address_needs_all_of_tls) {
  fake_node node;
  const tls_files files;
  gateway_settings open;
  open.port = 0;
  open.address = "0.0.0.0";
  const auto why = [&](const security::caf_tls_files& tls) {
    open.tls = tls;
    auto made = gateway::open_door(open, node.calls());
    return std::holds_alternative<std::string>(made) ? std::get<std::string>(made) : "";
  };
  EXPECT_TRUE(holds(why({}), "stele certs") && holds(why({}), "gateway.client-names")) << why({});
  for (const auto& [name, forget] : {std::pair{"gateway.certificate", &security::caf_tls_files::certificate},
                                     {"gateway.private-key", &security::caf_tls_files::private_key},
                                     {"gateway.client-authority", &security::caf_tls_files::authority}}) {
    auto part = files.door();
    (part.*forget).clear();
    EXPECT_TRUE(holds(why(part), std::string("missing: ") + name)) << why(part);
  }
  auto nobody = files.door();
  nobody.names.clear();
  EXPECT_TRUE(holds(why(nobody), "missing: gateway.client-names")) << why(nobody);
  EXPECT_EQ(why(files.door()), "");
}

TEST(gateway_door, certificates_that_can_not_serve_are_refused_at_start) {
  fake_node node;
  const tls_files files;
  const auto why = [&](const security::caf_tls_files& tls) {
    gateway_settings settings;
    settings.port = 0;
    settings.tls = tls;
    auto made = gateway::open_door(settings, node.calls());
    return std::holds_alternative<std::string>(made) ? std::get<std::string>(made) : "";
  };
  auto mixed = files.door();
  mixed.private_key = files.file("west.key");
  EXPECT_TRUE(holds(why(mixed), "west.key")) << why(mixed);
  auto missing = files.door();
  missing.authority = files.file("gone.pem");
  EXPECT_TRUE(holds(why(missing), "gone.pem")) << why(missing);
  ASSERT_TRUE(security::make_certificates({files.folder / "old", {"east"}, {}}, 1'000'000'000));
  auto old = files.door();
  old.certificate = files.folder / "old/east.pem";
  old.private_key = files.folder / "old/east.key";
  EXPECT_TRUE(holds(why(old), "expired on Sep")) << why(old);
  std::filesystem::permissions(files.file("east.key"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_TRUE(holds(why(files.door()), "chmod 600")) << why(files.door());
}

} // namespace
} // namespace stele::test
