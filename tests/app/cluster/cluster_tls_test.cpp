// Nodes over TLS: two that know each other, and all those who are not let in.
#include "app/cluster/cluster_tls.hpp"
#include "tests/app/cluster/node_stand_in.hpp"
#include "tests/app/gateway/raw_peer.hpp"
#include "tests/app/gateway/resident_bytes.hpp"
#include "tests/app/gateway/tls_files.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <filesystem>
#include <thread>

namespace stele::test {
namespace {

using security::purpose;

constexpr std::int64_t hour = 3600;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

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

/// Both ends of a connection are in this process.
void allow_descriptors(rlim_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_GE(limit.rlim_max, count);
  limit.rlim_cur = std::max(limit.rlim_cur, count);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

class nodes_over_tls : public testing::Test {
protected:
  cluster_settings with(security::caf_tls_files tls) const {
    auto it = numbers_;
    it.tls = std::move(tls);
    return it;
  }

  void meet() {
    east_ = std::make_unique<node_stand_in>(1, with(files_.node("east")));
    west_ = std::make_unique<node_stand_in>(2, with(files_.node("west")));
    east_->know({west_.get()});
    west_->know({east_.get()});
    ASSERT_TRUE(east_->wait_connected(2));
    ASSERT_TRUE(west_->wait_connected(1));
  }

  bool answers(node_stand_in& from, node_number to, const command_ptr& it = some_command()) {
    reply_box<command_reply> box;
    from.link().forward(to, it, box.taker());
    const auto reply = box.wait();
    return reply && std::holds_alternative<command_outcome>(*reply);
  }

  raw_way way(security::tls_context with) const { return {east_->door().port(), std::move(with)}; }

  void expect_refused(security::tls_context with, const std::string& who) {
    const auto before = east_->door().counts();
    raw_peer stranger{way(std::move(with))};
    EXPECT_FALSE(stranger.meet()) << who;
    EXPECT_TRUE(stranger.closed()) << who;
    EXPECT_TRUE(becomes([&] { return east_->door().counts().handshakes_failed == before.handshakes_failed + 1; }))
        << who;
    EXPECT_EQ(east_->door().counts().connections_accepted, before.connections_accepted) << who;
  }

  /// Why the east does not connect to a node with these files.
  std::string refusal_of(const security::caf_tls_files& other) {
    node_stand_in east{1, with(files_.node("east"))}, stranger{9, with(other)};
    reply_box<reached> box;
    east.link().reach(9, stranger.address(), 500, box.taker());
    const auto answer = box.wait();
    if (answer && answer->yes) return "";
    EXPECT_EQ(stranger.door().counts().requests, 0u) << "it has heard nothing";
    return answer ? answer->why_not : "no answer";
  }

  tls_files files_;
  cluster_settings numbers_;
  std::unique_ptr<node_stand_in> east_, west_;
};

} // namespace

TEST_F(nodes_over_tls, two_that_know_each_other_forward_and_answer) {
  meet();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(answers(*east_, 2));
    ASSERT_TRUE(answers(*west_, 1));
  }
  const auto large = some_command();
  large->body = R"({"carrier":")" + std::string(1'000'000, 'x') + R"("})";
  EXPECT_TRUE(answers(*east_, 2, large));
  EXPECT_EQ(west_->commands().back()->body, large->body);
  EXPECT_EQ(east_->door().counts().connections_accepted, 1u);
  EXPECT_EQ(west_->door().counts().connections_accepted, 1u);
}

TEST_F(nodes_over_tls, nobody_else_is_let_in) {
  meet();
  const auto mine = files_.node("west");
  const security::validity now{0, files_.now + hour};
  expect_refused(tls_files::context(files_.client()), "a client with its good certificate");
  expect_refused(files_.showing(mine, "clients-authority", "west", purpose::node, now), "another authority");
  expect_refused(files_.showing(mine, "nodes-authority", "north", purpose::node, now), "a name not on the list");
  expect_refused(files_.showing(mine, "nodes-authority", "west", purpose::client, now), "stele://client/west");
  expect_refused(files_.showing(mine, "nodes-authority", "west", purpose::node, {0, files_.now - hour}), "expired");
  expect_refused(
      files_.showing(mine, "nodes-authority", "west", purpose::node, {files_.now + hour, files_.now + 2 * hour}),
      "not yet valid");
  const auto nobody = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
  nobody->set_verify_mode(boost::asio::ssl::verify_none);
  expect_refused(nobody, "no certificate");
  const auto older = tls_files::context(mine);
  SSL_CTX_set_min_proto_version(older->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(older->native_handle(), TLS1_2_VERSION);
  expect_refused(older, "TLS 1.2");
  EXPECT_TRUE(answers(*west_, 1));
  EXPECT_EQ(east_->commands().size(), 1u) << "nothing came but from the west";
}

TEST_F(nodes_over_tls, bytes_that_are_no_tls_are_closed) {
  meet();
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), client_hello(node(1)), std::string(100'000, '\0'),
        std::string("\x16\x03\x01\xff\xff\x01", 6) + std::string(70'000, 'x')}) {
    raw_peer plain{way(nullptr)};
    plain.send(bytes);
    EXPECT_TRUE(plain.closed());
  }
  EXPECT_TRUE(answers(*west_, 1));
}

TEST_F(nodes_over_tls, a_node_dials_only_whom_it_knows) {
  EXPECT_EQ(refusal_of(files_.node("west")), "");
  auto other = files_.node("west");
  other.certificate = files_.file("ada.pem");
  other.private_key = files_.file("ada.key");
  EXPECT_TRUE(holds(refusal_of(other), "verify failed")) << refusal_of(other) << ": a client's certificate";
  const tls_files elsewhere;
  EXPECT_TRUE(holds(refusal_of(elsewhere.node("west")), "verify failed")) << "the same name, of another authority";
  ASSERT_TRUE(security::make_certificates({files_.folder / "tls", {"north"}, {}}, files_.now));
  const auto why = refusal_of(files_.node("north"));
  EXPECT_TRUE(holds(why, "stele://cluster/north, who is not on the list")) << why;
  EXPECT_NE(refusal_of({}), "") << "a plain door";
}

TEST_F(nodes_over_tls, a_plain_node_reaches_nobody) {
  meet();
  node_stand_in plain{9};
  reply_box<reached> box;
  plain.link().reach(1, east_->address(), 500, box.taker());
  const auto answer = box.wait();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->yes);
}

TEST_F(nodes_over_tls, a_thousand_half_open_connections_part_no_nodes) {
  allow_descriptors(4000);
  numbers_.handshake_ms_max = 1000;
  meet();
  const auto before = resident_bytes();
  std::vector<std::unique_ptr<raw_peer>> strangers;
  for (int i = 0; i < 1000; ++i) {
    strangers.push_back(std::make_unique<raw_peer>(way(nullptr)));
    strangers.back()->send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  EXPECT_TRUE(answers(*west_, 1));
  EXPECT_TRUE(answers(*east_, 2));
  for (auto& each : strangers) EXPECT_TRUE(each->closed());
  EXPECT_TRUE(becomes([&] {
    const auto counts = east_->door().counts();
    return counts.connections_refused + counts.connections_late == 1000;
  }));
  EXPECT_GE(east_->door().counts().connections_refused, 300u);
  EXPECT_GE(east_->door().counts().connections_late, 200u);
  EXPECT_EQ(east_->door().counts().connections_accepted, 1u) << "the west was never lost";
  EXPECT_LT(resident_bytes(), before + growth_max / 2);
}

// OpenSSL keeps errors for each thread, and all connections of a door share one.
TEST_F(nodes_over_tls, who_goes_without_a_word_parts_no_others) {
  meet();
  for (int i = 0; i < 20; ++i) {
    raw_peer rude{way(tls_files::context(files_.node("west")))};
    ASSERT_TRUE(rude.shake_hands());
    if (i % 3 == 0) rude.vanish(); // Else without the end of TLS only.
    if (i % 3 == 1) {
      rude.send_beneath(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
      EXPECT_TRUE(rude.closed());
    }
  }
  ASSERT_TRUE(becomes([&] { return east_->door().counts().connections_open == 1; }));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(answers(*west_, 1));
  EXPECT_EQ(east_->door().counts().connections_accepted, 21u) << "the west was never lost";
}

TEST(cluster_door, an_address_that_others_reach_needs_all_of_tls) {
  const tls_files files;
  cluster_settings open;
  open.address = "0.0.0.0";
  open.port = 0;
  open.advertise = "east.example:7720";
  const auto why = [&](const security::caf_tls_files& tls) {
    open.tls = tls;
    const auto read = cluster::read_tls(open);
    if (!read) return read.error().what;
    const auto opened = cluster::open_cluster_door(open, {node_stand_in::own_history, 1, 1}, *read);
    return std::holds_alternative<std::string>(opened) ? std::get<std::string>(opened) : "";
  };
  EXPECT_TRUE(holds(why({}), "cluster.address") && holds(why({}), "cluster.names")) << why({});
  EXPECT_TRUE(holds(why({}), "stele certs")) << why({});
  for (const auto& [name, forget] : {std::pair{"cluster.certificate", &security::caf_tls_files::certificate},
                                     {"cluster.private-key", &security::caf_tls_files::private_key},
                                     {"cluster.authority", &security::caf_tls_files::authority}}) {
    auto part = files.node("east");
    (part.*forget).clear();
    EXPECT_TRUE(holds(why(part), std::string("missing: ") + name)) << why(part);
  }
  auto nobody = files.node("east");
  nobody.names.clear();
  EXPECT_TRUE(holds(why(nobody), "missing: cluster.names")) << why(nobody);
  EXPECT_EQ(why(files.node("east")), "");
  open.advertise.clear();
  EXPECT_TRUE(holds(why(files.node("east")), "cluster.advertise")) << "nobody can dial 0.0.0.0";
}

TEST(cluster_tls, the_authority_of_clients_is_not_that_of_nodes) {
  const tls_files files;
  cluster_settings nodes;
  nodes.tls = files.node("east");
  const auto why = [&](const std::string& clients) {
    return cluster::wrong_with_authority(nodes, {{"http.client-authority", ""}, {"gateway.client-authority", clients}})
        .value_or("");
  };
  EXPECT_EQ(why(""), "");
  EXPECT_EQ(why(files.file("clients-authority.pem")), "");
  EXPECT_TRUE(holds(why(nodes.tls.authority), "gateway.client-authority")) << why(nodes.tls.authority);
  const auto both = files.folder / "both.pem";
  ASSERT_FALSE(security::write_new(both, *security::read_file(files.file("clients-authority.pem")) +
                                             *security::read_file(files.file("nodes-authority.pem"))));
  EXPECT_TRUE(holds(why(both), "stele certs")) << "one of two in a file: " << why(both);
  EXPECT_TRUE(holds(why(files.file("gone.pem")), "gone.pem"));
  EXPECT_TRUE(holds(why(files.file("ada.key")), "wanted the certificate of an authority"));
}

} // namespace stele::test
