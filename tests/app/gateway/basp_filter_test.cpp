#include "app/gateway/basp_filter.hpp"

#include "tests/app/gateway/basp_bytes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace stele::gateway;
using namespace stele::test;
using enum stele::gateway::basp_operation;

namespace {

constexpr std::uint64_t gateway_id = 9; ///< The published actor.

node_bytes bytes_of(const std::string& node_id) {
  node_bytes it;
  std::copy(node_id.begin(), node_id.end(), it.begin());
  return it;
}

filter_rules accepting() {
  filter_rules rules;
  rules.self = bytes_of(node(1));
  rules.published = gateway_id;
  rules.nodes = std::make_shared<node_table>();
  return rules;
}

filter_rules connecting() {
  auto rules = accepting();
  rules.published = 0;
  rules.we_accepted = false;
  return rules;
}

/// A filter, and what it let through.
struct guarded {
  explicit guarded(filter_rules rules = accepting()) : filter(std::move(rules)) {}

  verdict feed(const std::string& bytes) { return filter.feed(bytes, out); }
  void sent(const std::string& bytes) { filter.sent(bytes); }
  std::string passed() {
    std::string it{out.begin(), out.end()};
    out.clear();
    return it;
  }

  basp_filter filter;
  std::vector<char> out;
};

/// After both handshakes of a client.
struct accepted_peer : guarded {
  explicit accepted_peer(filter_rules rules = accepting()) : guarded(std::move(rules)) {
    EXPECT_EQ(feed(client_hello(node(2))), verdict::ok);
    EXPECT_EQ(feed(client_hello(node(2), 2)), verdict::ok);
    passed();
  }
};

struct connected_peer : guarded {
  connected_peer() : guarded(connecting()) {
    EXPECT_EQ(feed(server_hello(node(2), 5)), verdict::ok);
    passed();
  }
};

const std::string exit_values = atom("user") + number(0, 3) + varbyte(3) + "@<>";

} // namespace

TEST(basp_filter, a_client_shakes_hands_twice_and_then_asks) {
  guarded peer;
  EXPECT_EQ(peer.feed(client_hello(node(2))), verdict::ok);
  EXPECT_FALSE(peer.filter.ready());
  EXPECT_EQ(peer.feed(client_hello(node(2), 2)), verdict::ok);
  EXPECT_TRUE(peer.filter.ready());
  const auto asked = request(frame_message("hi"), 1, gateway_id);
  peer.passed();
  EXPECT_EQ(peer.feed(asked), verdict::ok);
  EXPECT_EQ(peer.passed(), asked) << "a good frame passes byte by byte";
}

TEST(basp_filter, frames_pass_whole_however_the_bytes_arrive) {
  accepted_peer peer;
  const auto asked = request(frame_message("hi"), 1, gateway_id);
  for (std::size_t i = 0; i + 1 < asked.size(); ++i) {
    ASSERT_EQ(peer.feed(asked.substr(i, 1)), verdict::ok);
    ASSERT_TRUE(peer.out.empty());
    ASSERT_TRUE(peer.filter.partial());
  }
  EXPECT_EQ(peer.feed(asked.substr(asked.size() - 1)), verdict::ok);
  EXPECT_EQ(peer.passed(), asked);
  EXPECT_FALSE(peer.filter.partial());
}

TEST(basp_filter, heartbeats_pass) {
  accepted_peer peer;
  EXPECT_EQ(peer.feed(header(heartbeat, 0)), verdict::ok);
  EXPECT_EQ(peer.passed(), header(heartbeat, 0));
  EXPECT_EQ(peer.feed(header(heartbeat, 0, 1)), verdict::bad_layout);
}

TEST(basp_filter, unknown_and_routed_operations_are_bad) {
  EXPECT_EQ(accepted_peer{}.feed(header(routed_message, 10)), verdict::bad_operation);
  EXPECT_EQ(accepted_peer{}.feed(header(static_cast<basp_operation>(7), 10)), verdict::bad_operation);
  EXPECT_EQ(accepted_peer{}.feed(header(static_cast<basp_operation>(255), 10)), verdict::bad_operation);
}

TEST(basp_filter, flags_and_padding_are_bad_where_there_are_none) {
  auto padded = header(heartbeat, 0);
  padded[1] = 1;
  EXPECT_EQ(accepted_peer{}.feed(padded), verdict::bad_padding);
  EXPECT_EQ(accepted_peer{}.feed(header(heartbeat, 0, 0, 0, 0, 1)), verdict::bad_flags);
  EXPECT_EQ(accepted_peer{}.feed(with_payload(direct_message, frame_message("x"), request_bit | 1, 77, gateway_id, 2)),
            verdict::bad_flags);
}

TEST(basp_filter, a_header_that_announces_too_much_is_refused_before_the_payload) {
  EXPECT_EQ(accepted_peer{}.feed(header(direct_message, 0xFFFFFFF0, request_bit | 1, 77, gateway_id)),
            verdict::too_long);
  EXPECT_EQ(accepted_peer{}.feed(header(down_message, 513, 0, 77)), verdict::too_long);
  EXPECT_EQ(guarded{}.feed(header(client_handshake, 513)), verdict::too_long);
}

TEST(basp_filter, the_handshake_that_kills_caf_is_refused) {
  EXPECT_EQ(guarded{}.feed(header(client_handshake, 0)), verdict::bad_handshake);
  EXPECT_EQ(guarded{}.feed(header(server_handshake, 0, 3)), verdict::bad_handshake);
  EXPECT_EQ(guarded{connecting()}.feed(header(server_handshake, 0, 3)), verdict::bad_handshake);
  EXPECT_EQ(guarded{connecting()}.feed(header(client_handshake, 0)), verdict::bad_handshake);
}

TEST(basp_filter, a_handshake_needs_a_whole_node_id_that_is_not_ours) {
  EXPECT_EQ(guarded{}.feed(client_hello(node(1))), verdict::bad_handshake);
  EXPECT_EQ(guarded{}.feed(client_hello(atom("default") + number(2, 4) + std::string(20, '\0'))),
            verdict::bad_handshake);
  EXPECT_EQ(guarded{}.feed(client_hello(atom("default") + number(0, 4) + std::string(20, 'h'))),
            verdict::bad_handshake);
  EXPECT_EQ(guarded{}.feed(client_hello(atom("other") + number(2, 4) + std::string(20, 'h'))), verdict::bad_handshake);
}

TEST(basp_filter, a_third_handshake_or_one_of_another_node_is_bad) {
  EXPECT_EQ(accepted_peer{}.feed(client_hello(node(2), 2)), verdict::bad_handshake);
  guarded peer;
  EXPECT_EQ(peer.feed(client_hello(node(2))), verdict::ok);
  EXPECT_EQ(peer.feed(client_hello(node(3), 2)), verdict::bad_handshake);
}

TEST(basp_filter, nothing_comes_before_the_handshake) {
  EXPECT_EQ(guarded{}.feed(request(frame_message("x"), 1, gateway_id)), verdict::too_early);
  EXPECT_EQ(guarded{}.feed(header(heartbeat, 0)), verdict::too_early);
}

TEST(basp_filter, a_node_id_has_one_connection) {
  const auto rules = accepting();
  {
    guarded first{rules};
    EXPECT_EQ(first.feed(client_hello(node(2))), verdict::ok);
    EXPECT_EQ(guarded{rules}.feed(client_hello(node(2))), verdict::node_taken);
    EXPECT_EQ(guarded{rules}.feed(client_hello(node(3))), verdict::ok);
  }
  EXPECT_EQ(guarded{rules}.feed(client_hello(node(2))), verdict::ok) << "free again";
}

TEST(basp_filter, a_thief_of_a_node_id_does_not_free_it) {
  const auto rules = accepting();
  guarded first{rules};
  EXPECT_EQ(first.feed(client_hello(node(2))), verdict::ok);
  EXPECT_EQ(guarded{rules}.feed(client_hello(node(2))), verdict::node_taken);
  EXPECT_EQ(guarded{rules}.feed(client_hello(node(2))), verdict::node_taken);
}

TEST(basp_filter, only_the_published_actor_is_asked) {
  EXPECT_EQ(accepted_peer{}.feed(request(frame_message("x"), 1, gateway_id + 1)), verdict::bad_destination);
  EXPECT_EQ(accepted_peer{}.feed(request(frame_message("x"), 1, 0)), verdict::bad_destination);
}

TEST(basp_filter, a_plain_message_to_another_actor_is_swallowed) {
  accepted_peer peer;
  const auto plain = with_payload(direct_message, message("+@exit", exit_values), request_bit, 77, 5);
  EXPECT_EQ(peer.feed(plain), verdict::ok);
  EXPECT_EQ(peer.passed(), "");
}

TEST(basp_filter, look_ups_by_name_are_swallowed) {
  accepted_peer peer;
  const auto look_up = with_payload(direct_message, message("+@atom+@atom+@str", atom("sys") + atom("get") + "x"),
                                    request_bit | 3, 77, 0, 1);
  EXPECT_EQ(peer.feed(look_up), verdict::ok);
  EXPECT_EQ(peer.passed(), "");
  EXPECT_EQ(peer.filter.unanswered(), 0u);
}

TEST(basp_filter, only_requests_of_normal_priority_pass) {
  const auto with_id = [](std::uint64_t id) {
    return with_payload(direct_message, frame_message("x"), id, 77, gateway_id);
  };
  EXPECT_EQ(accepted_peer{}.feed(with_id(request_bit)), verdict::bad_message_id);
  EXPECT_EQ(accepted_peer{}.feed(with_id(7)), verdict::bad_message_id) << "urgent";
  EXPECT_EQ(accepted_peer{}.feed(with_id(2ull << 60 | 7)), verdict::bad_message_id) << "stream";
  EXPECT_EQ(accepted_peer{}.feed(with_id(3ull << 60 | 7)), verdict::bad_message_id) << "stream";
  EXPECT_EQ(accepted_peer{}.feed(with_id(1ull << 62 | request_bit | 7)), verdict::bad_message_id) << "answered";
}

TEST(basp_filter, a_request_has_a_sender) {
  EXPECT_EQ(accepted_peer{}.feed(request(frame_message("x"), 1, gateway_id, 0)), verdict::bad_ids);
}

TEST(basp_filter, only_our_type_passes) {
  for (const auto* type : {"+@exit", "+@down", "+@error", "+@message", "+@atom+@strong_actor_ptr", "+@str",
                           "+stele::frame+stele::frame", "+stele::framed", ""})
    EXPECT_EQ(accepted_peer{}.feed(request(message(type, exit_values), 1, gateway_id)), verdict::bad_type) << type;
}

TEST(basp_filter, nested_messages_are_refused) {
  std::string nested;
  for (int i = 0; i < 50'000; ++i) nested += number(0, 2) + varbyte(12) + "@<>+@message";
  EXPECT_EQ(accepted_peer{}.feed(request(number(0, 1) + nested, 1, gateway_id)), verdict::bad_type);
}

TEST(basp_filter, the_frame_reaches_exactly_to_the_end) {
  const auto with_value = [](const std::string& value) {
    return request(message("+stele::frame", value), 1, gateway_id);
  };
  EXPECT_EQ(accepted_peer{}.feed(with_value(varbyte(0))), verdict::ok);
  EXPECT_EQ(accepted_peer{}.feed(with_value(varbyte(3) + "ab")), verdict::bad_layout);
  EXPECT_EQ(accepted_peer{}.feed(with_value(varbyte(1) + "ab")), verdict::bad_layout);
  EXPECT_EQ(accepted_peer{}.feed(with_value("\xff\xff\xff\xff\x0fx")), verdict::bad_layout) << "4 GiB announced";
  EXPECT_EQ(accepted_peer{}.feed(with_value("\xff\xff\xff\xff\xff\x01x")), verdict::bad_layout);
  EXPECT_EQ(accepted_peer{}.feed(with_value(std::string{"\x81\x00x", 3})), verdict::bad_layout) << "not shortest";
  EXPECT_EQ(accepted_peer{}.feed(with_value("")), verdict::bad_layout);
}

TEST(basp_filter, forwarding_stacks_and_object_numbers_are_refused) {
  for (int i = 0; i < 3; ++i) {
    auto bad = frame_message("x");
    bad[static_cast<std::size_t>(i)] = 1;
    EXPECT_EQ(accepted_peer{}.feed(request(bad, 1, gateway_id)), verdict::bad_layout);
  }
  EXPECT_EQ(accepted_peer{}.feed(request("", 1, gateway_id)), verdict::bad_layout);
  EXPECT_EQ(accepted_peer{}.feed(request("\1", 1, gateway_id)), verdict::bad_layout);
}

TEST(basp_filter, sources_are_bounded_and_freed_by_down_messages) {
  auto rules = accepting();
  rules.sources_max = 2;
  accepted_peer peer{rules};
  EXPECT_EQ(peer.feed(request(frame_message("x"), 1, gateway_id, 70)), verdict::ok);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 2, gateway_id, 71)), verdict::ok);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 3, gateway_id, 70)), verdict::ok);
  EXPECT_EQ(peer.feed(with_payload(down_message, node(2) + node(1) + error_value(5), 0, 70)), verdict::ok);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 4, gateway_id, 72)), verdict::ok);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 5, gateway_id, 73)), verdict::too_many_sources);
}

TEST(basp_filter, requests_in_flight_are_bounded_until_replies_leave) {
  auto rules = accepting();
  rules.requests_max = 2;
  accepted_peer peer{rules};
  EXPECT_EQ(peer.feed(request(frame_message("x"), 1, gateway_id)), verdict::ok);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 2, gateway_id)), verdict::ok);
  EXPECT_EQ(peer.filter.unanswered(), 2u);
  peer.sent(with_payload(direct_message, frame_message("y"), reply_bit | request_bit | 1, gateway_id, 77));
  EXPECT_EQ(peer.filter.unanswered(), 1u);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 3, gateway_id)), verdict::ok);
  EXPECT_EQ(peer.feed(request(frame_message("x"), 4, gateway_id)), verdict::too_many_requests);
}

TEST(basp_filter, frames_per_second_are_bounded) {
  auto rules = accepting();
  rules.frames_per_second = 10;
  rules.frames_burst = 4; // Two are the handshake's.
  accepted_peer peer{rules};
  EXPECT_EQ(peer.feed(header(heartbeat, 0)), verdict::ok);
  EXPECT_EQ(peer.feed(header(heartbeat, 0)), verdict::ok);
  peer.filter.refill(0.1);
  EXPECT_EQ(peer.feed(header(heartbeat, 0)), verdict::ok);
  EXPECT_EQ(peer.feed(header(heartbeat, 0)), verdict::too_fast);
}

TEST(basp_filter, a_peer_watches_only_actors_it_was_shown) {
  const auto watch = [](std::uint64_t actor, const std::string& from, const std::string& to) {
    return with_payload(monitor_message, from + to, 0, 0, actor);
  };
  accepted_peer peer;
  EXPECT_EQ(peer.feed(watch(gateway_id, node(2), node(1))), verdict::ok);
  peer.sent(with_payload(direct_message, frame_message("x"), reply_bit | request_bit | 1, 30, 77));
  EXPECT_EQ(peer.feed(watch(30, node(2), node(1))), verdict::ok);
  EXPECT_EQ(accepted_peer{}.feed(watch(30, node(2), node(1))), verdict::bad_destination);
  EXPECT_EQ(accepted_peer{}.feed(watch(gateway_id, node(2), node(3))), verdict::bad_ids) << "for another client";
  EXPECT_EQ(accepted_peer{}.feed(watch(gateway_id, node(3), node(1))), verdict::bad_ids) << "from another client";
  EXPECT_EQ(accepted_peer{}.feed(watch(0, node(2), node(1))), verdict::bad_layout);
  EXPECT_EQ(accepted_peer{}.feed(with_payload(monitor_message, node(2), 0, 0, gateway_id)), verdict::bad_layout);
}

TEST(basp_filter, a_down_message_loses_its_context) {
  const auto ids = node(2) + node(1);
  const auto empty = number(0, 2) + varbyte(3) + "@<>";
  accepted_peer peer;
  EXPECT_EQ(peer.feed(with_payload(down_message, ids + error_value(5) + "whatever hangs on it", 0, 70)), verdict::ok);
  EXPECT_EQ(peer.passed(), with_payload(down_message, ids + error_value(5) + empty, 0, 70));
  EXPECT_EQ(peer.feed(with_payload(down_message, ids + error_value(0) + empty, 0, 70)), verdict::ok);
  EXPECT_EQ(peer.passed(), with_payload(down_message, ids + error_value(1) + empty, 0, 70)) << "0 means no error";
  EXPECT_EQ(accepted_peer{}.feed(with_payload(down_message, ids + "short", 0, 70)), verdict::bad_layout);
  EXPECT_EQ(accepted_peer{}.feed(with_payload(down_message, node(3) + node(1) + error_value(5), 0, 70)),
            verdict::bad_ids);
}

TEST(basp_filter, replies_come_once_and_only_when_asked) {
  const auto asked = with_payload(direct_message, frame_message("q"), request_bit | 4, 30, 5);
  const auto reply = with_payload(direct_message, frame_message("a"), reply_bit | request_bit | 4, 5, 30);
  connected_peer peer;
  EXPECT_EQ(connected_peer{}.feed(reply), verdict::unasked_reply);
  peer.sent(asked);
  EXPECT_EQ(peer.feed(reply), verdict::ok);
  EXPECT_EQ(peer.passed(), reply);
  EXPECT_EQ(peer.feed(reply), verdict::unasked_reply);
}

TEST(basp_filter, what_was_sent_is_understood_however_it_is_cut) {
  connected_peer peer;
  const auto asked = with_payload(direct_message, frame_message("question"), request_bit | 4, 30, 5) +
                     with_payload(direct_message, frame_message("another"), request_bit | 5, 30, 5);
  for (const char byte : asked) peer.sent({byte});
  for (std::uint64_t i : {4, 5})
    EXPECT_EQ(peer.feed(with_payload(direct_message, frame_message("a"), reply_bit | request_bit | i, 5, 30)),
              verdict::ok);
}

TEST(basp_filter, an_error_is_a_reply_without_its_context) {
  connected_peer peer;
  peer.sent(with_payload(direct_message, frame_message("q"), request_bit | 4, 30, 5));
  const auto error = message("+@error", error_value(3));
  const auto empty = number(0, 2) + varbyte(3) + "@<>";
  EXPECT_EQ(peer.feed(with_payload(direct_message, error + "context", reply_bit | request_bit | 4, 0, 30)),
            verdict::ok);
  EXPECT_EQ(peer.passed(), with_payload(direct_message, error + empty, reply_bit | request_bit | 4, 0, 30));
}

TEST(basp_filter, a_server_can_not_ask_a_client_anything) {
  EXPECT_EQ(connected_peer{}.feed(request(frame_message("x"), 1, 30)), verdict::bad_destination);
  EXPECT_EQ(connected_peer{}.feed(request(frame_message("x"), 1, 0)), verdict::bad_destination);
}

TEST(basp_filter, a_server_handshake_is_read_to_its_end) {
  const auto good = server_hello(node(2), 5);
  EXPECT_EQ(guarded{connecting()}.feed(good), verdict::ok);
  const auto payload = good.substr(basp_header::size);
  for (std::size_t size = 0; size < payload.size(); ++size)
    EXPECT_EQ(guarded{connecting()}.feed(with_payload(server_handshake, payload.substr(0, size), 3)),
              verdict::bad_handshake);
  EXPECT_EQ(guarded{connecting()}.feed(with_payload(server_handshake, payload + "x", 3)), verdict::bad_handshake);
  connected_peer twice;
  EXPECT_EQ(twice.feed(good), verdict::bad_handshake);
}

TEST(basp_filter, every_verdict_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i < static_cast<int>(verdict::count_); ++i) names.insert(to_string(static_cast<verdict>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(verdict::count_));
  EXPECT_FALSE(names.contains(""));
}

/// Whatever comes in, only frames that are complete and of our own making go out.
RC_GTEST_PROP(basp_filter, changed_bytes_never_pass_as_anything_else, ()) {
  auto session = client_hello(node(2)) + client_hello(node(2), 2) + request(frame_message("one"), 1, gateway_id) +
                 with_payload(monitor_message, node(2) + node(1), 0, 0, gateway_id) +
                 request(frame_message("two"), 2, gateway_id);
  const auto changes = *rc::gen::inRange(0, 5);
  for (int i = 0; i < changes; ++i)
    session[*rc::gen::inRange<std::size_t>(0, session.size())] = *rc::gen::arbitrary<char>();
  guarded peer;
  while (!session.empty()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, session.size() + 1);
    if (peer.feed(session.substr(0, size)) != verdict::ok) break;
    session.erase(0, size);
  }
  for (std::string_view rest{peer.out.data(), peer.out.size()}; !rest.empty();) {
    RC_ASSERT(rest.size() >= basp_header::size);
    const auto it = read_header(rest.data());
    RC_ASSERT(rest.size() >= basp_header::size + it.payload_bytes);
    if (it.is(direct_message)) {
      RC_ASSERT(it.destination == gateway_id);
      RC_ASSERT(rest.substr(basp_header::size + 3, 17) == "\x10@<>+stele::frame");
    }
    rest.remove_prefix(basp_header::size + it.payload_bytes);
  }
}
