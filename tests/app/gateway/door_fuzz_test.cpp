// Sessions of those who are let in, mangled, against a living gateway and against a client that dials.
#include "app/gateway/protocol_codec.hpp"
#include "tests/app/gateway/gateway_fixture.hpp"
#include "tests/app/gateway/honest_caller.hpp"
#include "tests/app/gateway/mangler.hpp"
#include "tests/app/gateway/raw_peer.hpp"
#include "tests/app/gateway/raw_server.hpp"
#include "tests/app/gateway/resident_bytes.hpp"
#include "tests/app/gateway/tls_files.hpp"

namespace stele::test {
namespace {

constexpr std::uint32_t processes = 64; ///< Each new node id costs memory that CAF keeps.

/// Does everything at once and remembers nothing.
gateway::node_calls willing_node() {
  return {[](const command_ptr& it) {
            it->answer(acceptance{1, 3, 1, true, false});
          },
          [](const query_ptr& it) {
            it->answer(refusal{refusal_kind::not_found, "no_row", "None.", {}});
          },
          [](const std::string&, stream_version version, const gateway::node_calls::state_reply& reply) {
            reply(state_at{version, 1000, "{}"});
          },
          [](const std::string&, unix_ms at, const gateway::node_calls::state_reply& reply) {
            reply(state_at{1, at, "{}"});
          },
          [](const events_request& it) {
            it.answer(event_page{{}, it.after, false});
          },
          "willing",
          "0.0.0",
          fake_node::history};
}

std::string bytes_of(const stele::request& it) {
  const auto bytes = encode_request(it);
  return {bytes.begin(), bytes.end()};
}

/// Everything a client says, and some of what none does.
std::vector<std::string> session_of(const raw_peer& peer) {
  std::vector<std::string> frames{client_hello(peer.self(), 2)};
  std::uint64_t last = 0;
  const auto ask = [&](const std::string& bytes) {
    frames.push_back(test::request(frame_message(bytes), ++last, peer.gateway_actor()));
  };
  frames.push_back(
      with_payload(basp_operation::monitor_message, peer.self() + peer.server(), 0, 0, peer.gateway_actor()));
  ask(bytes_of(hello_request{}));
  ask(bytes_of(command_request{"order", "7", "ship_order", R"({"a":[1,2.5,"x"]})", hash_to_uuid("one"), 3, 1000}));
  ask(bytes_of(lookup_request{"order_views", "7", "", 100}));
  ask(bytes_of(query_request{"orders_of_customer", R"({"customer_id":"ada"})", "", 100}));
  ask(bytes_of(state_request{"order", "7", false, 1}));
  ask(bytes_of(all_events_request{0, 10, 0, ""}));
  frames.push_back(header(basp_operation::heartbeat, 0));
  frames.push_back(with_payload(basp_operation::down_message, peer.self() + peer.server() + error_value(3), 0,
                                peer.gateway_actor(), 77));
  frames.push_back(with_payload(basp_operation::routed_message,
                                peer.self() + peer.server() + number(0, 1) + frame_message("x"), request_bit, 5,
                                peer.gateway_actor()));
  return frames;
}

} // namespace

class door_fuzz : public client_of_a_gateway, public testing::WithParamInterface<const char*> {
protected:
  bool over_tls() const { return GetParam() == std::string{"tls"}; }

  void SetUp() override {
    settings_.connects_per_minute_max = 100'000'000;
    if (over_tls()) settings_.tls = files_.door();
    settings_.port = 0;
    auto opened = gateway::open_door(settings_, willing_node());
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<gateway::door>>(opened)) << std::get<std::string>(opened);
    door_ = std::move(std::get<std::unique_ptr<gateway::door>>(opened));
  }

  client honest() const { return client{over_tls() ? files_.with_tls(options()) : options()}; }

  static std::function<std::string()> greeting(client& from) {
    return [&from] {
      const auto how = from.hello();
      return how ? std::string{} : how.error().message;
    };
  }

  void one_session(mangler& dice) {
    raw_peer peer{{door_->port(), mine_}, static_cast<std::uint32_t>(1 + dice.below(processes))};
    if (!peer.meet()) return;
    send_mangled(peer, session_of(peer), dice);
  }

  tls_files files_;
  security::tls_context mine_ = over_tls() ? tls_files::context(files_.client()) : nullptr;
};

TEST_P(door_fuzz, whatever_a_client_sends_the_others_are_served_and_the_memory_is_flat) {
  auto client = honest();
  {
    honest_caller alone{greeting(client), 500};
    alone.wait();
    alone.expect_served("alone");
  }
  mangler dice{testing::UnitTest::GetInstance()->random_seed() + 1u};
  honest_caller beside{greeting(client)};
  const auto begin = std::chrono::steady_clock::now();
  std::size_t sessions = 0, resident = 0;
  for (; std::chrono::steady_clock::now() - begin < fuzz_time(); ++sessions) {
    one_session(dice);
    if (sessions == 50) resident = resident_bytes();
  }
  beside.stop();
  beside.expect_served("beside " + std::to_string(sessions) + " mangled sessions");
  ASSERT_GT(resident, 0u) << "there were at least 50 sessions";
  EXPECT_LT(resident_bytes(), resident + growth_max);
  EXPECT_GT(door_->counts().refused.size(), 3u) << "sessions were cut for several reasons";
}

TEST_P(door_fuzz, whatever_a_server_says_its_client_lives_and_finds_another) {
  mangler dice{testing::UnitTest::GetInstance()->random_seed() + 2u};
  constexpr std::uint64_t its_actor = 9;
  const auto resident = resident_bytes();
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < fuzz_time() / 2) {
    std::vector<std::string> frames{server_hello(node(5), its_actor)};
    for (std::uint64_t i = 1; i < 20; ++i)
      frames.push_back(with_payload(basp_operation::direct_message, frame_message(bytes_of(hello_request{})),
                                    reply_bit | request_bit | i, its_actor, i));
    std::string says;
    for (const auto& piece : dice.mangle(frames)) says += piece;
    const raw_server hostile{says, over_tls() ? tls_files::context(files_.door()) : nullptr};
    auto both = over_tls() ? files_.with_tls(options()) : options();
    both.servers.insert(both.servers.begin(), "127.0.0.1:" + std::to_string(hostile.port()));
    both.connect_timeout_ms = 20;
    client it{both};
    it.hello();
  }
  EXPECT_LT(resident_bytes(), resident + growth_max);
  auto client = honest();
  EXPECT_TRUE(ship(client));
}

INSTANTIATE_TEST_SUITE_P(of, door_fuzz, testing::Values("plain", "tls"),
                         [](const auto& it) { return std::string{it.param}; });

} // namespace stele::test
