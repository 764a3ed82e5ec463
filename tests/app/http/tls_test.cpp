// The HTTP door over TLS, with real sockets: who is let in, and what those do who are not.
#include "tests/app/http/door_files.hpp"
#include "tests/app/http/raw_socket.hpp"
#include "tests/app/http/small_server.hpp"

#include "app/security/stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <fstream>
#include <thread>
#include <vector>

namespace stele::http {
namespace {

std::string wrong_with(const boost::system::result<client_response, client_error>& it) {
  return it ? "status " + std::to_string(it->status) : it.error().what;
}

std::string start_refusal(const http_settings& settings) {
  server door(settings, {}, std::make_shared<server_counters>());
  return door.start().value_or("");
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

TEST(tls, requests_are_answered_as_in_plain) {
  const door_files files;
  small_server at(files.with_tls());
  http_client caller(files.https(at.port));
  EXPECT_EQ(wrong_with(caller.request("GET", "/echo")), "status 200");
  const std::string large(300'000, 'x');
  const auto answer = caller.request("POST", "/echo", large);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->body, large);
  const auto big = caller.request("GET", "/big");
  ASSERT_TRUE(big) << big.error().what;
  EXPECT_EQ(big->body.size(), 8u << 20);
  EXPECT_EQ(at.counters->connections_accepted.load(), 1u) << "the connection is kept";
}

// A refused body is not read to its end; the answer must arrive all the same, and then the end of TLS.
TEST(tls, a_refusal_reaches_a_caller_that_is_still_sending) {
  const door_files files;
  auto settings = files.with_tls();
  settings.body_bytes_max = 1000;
  small_server at(settings);
  http_client caller(files.https(at.port));
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(wrong_with(caller.request("POST", "/echo", std::string(3'000'000, 'x'))), "status 413");
  EXPECT_TRUE(becomes([&] { return at.counters->connections_open.load() == 0; }));
}

TEST(tls, the_last_answer_is_followed_by_the_end_of_tls) {
  const door_files files;
  small_server at(files.with_tls());
  const auto way = files.https(at.port);
  boost::asio::io_context io;
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> peer(io, *way.tls);
  peer.next_layer().connect({boost::asio::ip::address_v4::loopback(), at.port});
  peer.handshake(boost::asio::ssl::stream_base::client);
  const std::string request = "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  boost::asio::write(peer, boost::asio::buffer(request));
  std::string all;
  boost::system::error_code why;
  boost::asio::read(peer, boost::asio::dynamic_buffer(all), why);
  EXPECT_EQ(all.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_EQ(why, boost::asio::error::eof) << why.message() << ": an attacker could have cut the answer short";
}

TEST(tls, plain_bytes_are_closed_without_harm) {
  const door_files files;
  small_server at(files.with_tls());
  for (const std::string& bytes :
       {get("/echo"), std::string(100'000, '\0'), std::string("\x16\x03\x01\xff\xff\x01", 6)}) {
    raw_socket plain(at.port);
    plain.send(bytes);
    plain.end_sending();
    EXPECT_EQ(plain.read_until("HTTP/").find("HTTP/"), std::string::npos);
  }
  EXPECT_EQ(wrong_with(http_client(files.https(at.port)).request("GET", "/echo")), "status 200");
  EXPECT_TRUE(becomes([&] { return at.counters->handshakes_failed.load() == 3; }));
}

TEST(tls, older_versions_are_refused) {
  const door_files files;
  small_server at(files.with_tls());
  const auto way = files.https(at.port);
  SSL_CTX_set_min_proto_version(way.tls->native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(way.tls->native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(way.tls->native_handle(), "DEFAULT:@SECLEVEL=0");
  EXPECT_FALSE(http_client(way).request("GET", "/echo"));
  const auto newer = files.https(at.port);
  SSL_CTX_set_max_proto_version(newer.tls->native_handle(), TLS1_2_VERSION);
  EXPECT_EQ(wrong_with(http_client(newer).request("GET", "/echo")), "status 200");
}

TEST(tls, a_caller_believes_only_its_authority_and_only_the_right_name) {
  const door_files files;
  small_server at(files.with_tls());
  const auto stranger = http_client(files.https(at.port, "clients-authority")).request("GET", "/echo");
  ASSERT_FALSE(stranger);
  EXPECT_NE(stranger.error().what.find("verify failed"), std::string::npos) << stranger.error().what;
  EXPECT_NE(stranger.error().what.find("--ca"), std::string::npos) << stranger.error().what;
  auto elsewhere = files.https(at.port);
  elsewhere.host = "127.0.0.2"; // Reaches the same node, for which the certificate is not valid.
  auto settings = files.with_tls();
  settings.address = "127.0.0.2";
  small_server other(settings);
  elsewhere.port = other.port;
  EXPECT_FALSE(http_client(elsewhere).request("GET", "/echo"));
}

TEST(tls, a_caller_without_a_certificate_of_the_authority_is_refused) {
  const door_files files;
  auto settings = files.with_tls();
  settings.client_authority = files.tls("clients-authority.pem");
  small_server at(settings);
  EXPECT_EQ(wrong_with(http_client(files.https(at.port, "nodes-authority", "ada")).request("GET", "/echo")),
            "status 200");
  EXPECT_FALSE(http_client(files.https(at.port)).request("GET", "/echo")) << "no certificate";
  EXPECT_FALSE(http_client(files.https(at.port, "nodes-authority", "localhost")).request("GET", "/echo"))
      << "one of the other authority";
}

// Signed by the right authority, but its time is over; the caller's own check is passed by.
TEST(tls, a_caller_with_an_expired_certificate_is_refused) {
  const door_files files;
  const auto now = std::time(nullptr);
  const security::identity authority{*security::read_file(files.tls("clients-authority.pem")),
                                     *security::read_file(files.tls("clients-authority.key"))};
  auto settings = files.with_tls();
  settings.client_authority = files.tls("clients-authority.pem");
  small_server at(settings);
  const auto ask = [&](security::validity when) {
    const auto one = security::make_identity(authority, "bob", {}, security::purpose::client, when);
    const auto way = files.https(at.port);
    way.tls->use_certificate(boost::asio::buffer(one->certificate), boost::asio::ssl::context::pem);
    way.tls->use_private_key(boost::asio::buffer(one->private_key), boost::asio::ssl::context::pem);
    return http_client(way).request("GET", "/echo");
  };
  EXPECT_EQ(wrong_with(ask({now - 7200, now + 3600})), "status 200");
  EXPECT_FALSE(ask({now - 7200, now - 3600}));
}

TEST(tls, a_slow_handshake_is_cut_off) {
  const door_files files;
  auto settings = files.with_tls();
  settings.handshake_ms = 50;
  small_server at(settings);
  raw_socket silent(at.port), half(at.port);
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(half.at_end());
  EXPECT_EQ(at.counters->timed_out.load(), 2u);
}

TEST(tls, a_thousand_half_open_connections_hurt_nobody_else) {
  const door_files files;
  auto settings = files.with_tls();
  settings.connections_max = 1010;
  settings.connections_per_address_max = 2000;
  small_server at(settings);
  std::vector<std::unique_ptr<raw_socket>> half;
  for (int i = 0; i < 1000; ++i) {
    half.push_back(std::make_unique<raw_socket>(at.port));
    half.back()->send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  ASSERT_TRUE(becomes([&] { return at.counters->connections_open.load() == 1000; }));
  EXPECT_EQ(wrong_with(http_client(files.https(at.port)).request("GET", "/echo")), "status 200");
  for (int i = 0; i < 200; ++i) half.push_back(std::make_unique<raw_socket>(at.port));
  EXPECT_TRUE(becomes([&] { return at.counters->connections_refused.load() >= 190; })) << "they count as connections";
}

TEST(tls, an_open_door_needs_tls_and_keys) {
  const door_files files;
  http_settings open;
  open.port = 0;
  open.address = "0.0.0.0";
  const auto bare = start_refusal(open);
  EXPECT_NE(bare.find("stele certs"), std::string::npos) << bare;
  EXPECT_NE(bare.find("stele keys create"), std::string::npos) << bare;
  const auto without_keys = start_refusal(files.with_tls(open));
  EXPECT_EQ(without_keys.find("stele certs"), std::string::npos) << without_keys;
  EXPECT_NE(without_keys.find("stele keys create"), std::string::npos) << without_keys;
  const auto key = files.key(security::role::query);
  EXPECT_NE(start_refusal(files.with_keys(open)).find("stele certs"), std::string::npos);
  small_server at(files.with_keys(files.with_tls(open)));
  auto way = files.https(at.port);
  way.key = key.secret;
  EXPECT_EQ(wrong_with(http_client(way).request("GET", "/echo")), "status 200");
}

TEST(tls, files_that_can_not_serve_are_refused_at_start) {
  const door_files files;
  auto half = files.with_tls();
  half.private_key.clear();
  EXPECT_NE(start_refusal(half).find("belong together"), std::string::npos) << start_refusal(half);
  auto mixed = files.with_tls();
  mixed.private_key = files.tls("ada.key");
  EXPECT_NE(start_refusal(mixed).find("ada.key"), std::string::npos) << start_refusal(mixed);
  auto missing = files.with_tls();
  missing.certificate = files.tls("nobody.pem");
  EXPECT_NE(start_refusal(missing).find("nobody.pem"), std::string::npos) << start_refusal(missing);
  std::filesystem::permissions(files.tls("localhost.key"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_NE(start_refusal(files.with_tls()).find("chmod 600"), std::string::npos) << start_refusal(files.with_tls());
}

TEST(tls, an_expired_certificate_is_refused_at_start) {
  const door_files files;
  const auto past = security::make_certificates({files.folder / "old", {"localhost"}, {}}, 1'000'000'000);
  ASSERT_TRUE(past);
  auto settings = files.with_tls();
  settings.certificate = files.folder / "old/localhost.pem";
  settings.private_key = files.folder / "old/localhost.key";
  EXPECT_NE(start_refusal(settings).find("expired on Sep"), std::string::npos) << start_refusal(settings);
}

} // namespace
} // namespace stele::http
