// What a hostile server does to a client that dials it: in plain, and over TLS with a good certificate.
#include "tests/app/gateway/basp_bytes.hpp"
#include "tests/app/gateway/gateway_fixture.hpp"
#include "tests/app/gateway/raw_server.hpp"
#include "tests/app/gateway/resident_bytes.hpp"
#include "tests/app/gateway/tls_files.hpp"

namespace stele::test {
namespace {

constexpr std::uint64_t its_actor = 9;

std::string hello() { return server_hello(node(5), its_actor); }

std::string nested() {
  std::string all;
  for (int i = 0; i < 60'000; ++i) all += number(0, 2) + varbyte(12) + "@<>+@message";
  return all;
}

std::string exit_messages() {
  const auto exit =
      message("+@exit", number(0, 8) + atom("") + number(5, 1) + atom("exit") + number(0, 2) + varbyte(3) + "@<>");
  std::string all;
  for (std::uint64_t actor = 1; actor < 60; ++actor)
    all += with_payload(basp_operation::direct_message, exit, request_bit, its_actor, actor);
  return all;
}

std::string unasked_replies() {
  std::string all;
  for (std::uint64_t i = 1; i < 60; ++i)
    all += with_payload(basp_operation::direct_message, frame_message("x"), reply_bit | request_bit | i, its_actor, i);
  return all;
}

/// The client gets nothing, stays alive and small, and then talks to an honest gateway.
class hostile_server : public client_of_a_gateway, public testing::WithParamInterface<const char*> {
protected:
  bool over_tls() const { return GetParam() == std::string{"tls"}; }

  void SetUp() override {
    if (over_tls()) settings_.tls = files_.door();
    open(0);
  }

  void meet(const std::string& says) {
    const auto before = resident_bytes();
    const raw_server hostile{says, over_tls() ? tls_files::context(files_.door()) : nullptr};
    auto asking = options();
    asking.servers = {"127.0.0.1:" + std::to_string(hostile.port())};
    asking.connect_timeout_ms = 300;
    if (over_tls()) asking = files_.with_tls(asking);
    for (int tries = 0; tries == 0 || (tries < 20 && hostile.told() == 0); ++tries) {
      client it{asking}; // On a busy machine its patience may end before it has heard all.
      EXPECT_FALSE(it.hello());
    }
    EXPECT_GE(hostile.told(), 1u) << "the client has heard it all";
    EXPECT_LT(resident_bytes(), before + growth_max);
    client another{over_tls() ? files_.with_tls(options()) : options()};
    EXPECT_TRUE(ship(another));
  }

  tls_files files_;
};

TEST_P(hostile_server, shows_an_empty_handshake) { meet(header(basp_operation::server_handshake, 0, 3)); }
TEST_P(hostile_server, shows_the_handshake_of_a_client) { meet(header(basp_operation::client_handshake, 0)); }
TEST_P(hostile_server, speaks_no_basp) { meet("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: a stranger\r\n\r\n"); }
TEST_P(hostile_server, says_nothing) { meet(""); }

TEST_P(hostile_server, announces_four_gibibytes) {
  meet(header(basp_operation::server_handshake, 0xFFFFFFF0, 3));
  meet(hello() + header(basp_operation::direct_message, 0xFFFFFFF0, reply_bit | request_bit | 1, its_actor, 1));
}

TEST_P(hostile_server, sends_messages_nested_sixty_thousand_times) {
  for (std::uint64_t actor = 1; actor < 20; ++actor)
    meet(hello() +
         with_payload(basp_operation::direct_message, number(0, 1) + nested(), request_bit, its_actor, actor));
}

TEST_P(hostile_server, tells_every_actor_to_end) { meet(hello() + exit_messages()); }
TEST_P(hostile_server, answers_what_was_not_asked) { meet(hello() + unasked_replies()); }

TEST_P(hostile_server, asks_the_client) {
  std::string all;
  for (std::uint64_t actor = 1; actor < 40; ++actor) all += test::request(frame_message("x"), actor, actor, its_actor);
  meet(hello() + all);
}

INSTANTIATE_TEST_SUITE_P(of, hostile_server, testing::Values("plain", "tls"),
                         [](const auto& it) { return std::string{it.param}; });

} // namespace
} // namespace stele::test
