#include "app/cluster/peer_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

using namespace stele;
using namespace stele::cluster;

namespace {

using bytes = std::vector<std::uint8_t>;

const uuid history = hash_to_uuid("a store");
const uuid some_id = hash_to_uuid("a command");

std::vector<peer_request> requests() {
  node_status status{7, 12, true, {3, 7}, {{0, 5}, {3, 9}}, {{"order_views", {{0, 4}, {3, 9}}}, {"customers", {}}}};
  return {peer_hello{{history, 7, 3}},
          forwarded_command{"order-7", "create_order", R"({"a":1})", R"({"by":"ada"})", some_id, 3, 1500},
          forwarded_command{"order-7", "ship_order", "{}", "", some_id, std::nullopt, 0},
          forwarded_lookup{"order_views", "7", {history, {{1, 2}, {4, 17}}}, 250},
          asked_question{status, 800},
          asked_question{await_written{"order_views", 3, 9, 500}, 500},
          asked_question{try_to_reach{8, "10.0.0.8:7720", 2000}, 2500}};
}

std::vector<peer_response> responses() {
  currency as_of{{history, {{1, 2}}}, {history, {{1, 1}}}, true, 12};
  return {
      peer_welcome{{history, 7, 3}, 1024, 1 << 20},
      acceptance{4, 2, 17, true, false},
      acceptance{4, 2, 17, false, true},
      forwarded_rows{
          {{std::string{"7"}, std::int64_t{-3}, 0.25, {}}, {std::string{}, std::int64_t{0}, -0.0, {}}}, 2, 1, 2, as_of},
      forwarded_rows{},
      peer_answer{node_status{}},
      peer_answer{written_up_to{17, false}},
      peer_answer{reached{false, "nobody listens"}},
      refusal{refusal_kind::rejected, "already_shipped", "The order has been shipped.", "/items/0"},
      no_answer{true, "late"}};
}

std::string fault_of(const bytes& it) {
  const auto decoded = decode_peer_request(it);
  const auto* why = std::get_if<std::string>(&decoded);
  return why ? *why : "";
}

} // namespace

TEST(peer_codec, requests_come_back_as_they_went) {
  for (const auto& it : requests()) {
    const auto frame = encode(it);
    const auto decoded = decode_peer_request(frame);
    ASSERT_TRUE(std::holds_alternative<peer_request>(decoded)) << std::get<std::string>(decoded);
    EXPECT_EQ(std::get<peer_request>(decoded).index(), it.index());
    EXPECT_EQ(encode(std::get<peer_request>(decoded)), frame);
  }
}

TEST(peer_codec, responses_come_back_as_they_went) {
  for (const auto& it : responses()) {
    const auto frame = encode(it);
    const auto decoded = decode_peer_response(frame);
    ASSERT_TRUE(std::holds_alternative<peer_response>(decoded)) << std::get<std::string>(decoded);
    EXPECT_EQ(std::get<peer_response>(decoded).index(), it.index());
    EXPECT_EQ(encode(std::get<peer_response>(decoded)), frame);
  }
}

TEST(peer_codec, values_keep_their_kinds) {
  const auto decoded = decode_peer_response(encode(responses()[3]));
  const auto& rows = std::get<forwarded_rows>(std::get<peer_response>(decoded)).rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0], (row_values{std::string{"7"}, std::int64_t{-3}, 0.25, {}}));
  EXPECT_TRUE(std::signbit(std::get<double>(rows[1][2])));
}

TEST(peer_codec, a_cut_frame_is_refused_at_every_byte) {
  for (const auto& it : requests()) {
    auto frame = encode(it);
    while (!frame.empty()) {
      frame.pop_back();
      EXPECT_NE(fault_of(frame), "");
    }
  }
  for (const auto& it : responses()) {
    auto frame = encode(it);
    while (!frame.empty()) {
      frame.pop_back();
      EXPECT_TRUE(std::holds_alternative<std::string>(decode_peer_response(frame)));
    }
  }
}

TEST(peer_codec, bytes_behind_a_frame_are_refused) {
  for (const auto& it : requests()) {
    auto frame = encode(it);
    frame.push_back(0);
    EXPECT_NE(fault_of(frame).find("after its last field"), std::string::npos) << fault_of(frame);
  }
}

TEST(peer_codec, another_version_is_named) {
  auto frame = encode(requests()[0]);
  frame[0] = peer_protocol_version + 1;
  EXPECT_NE(fault_of(frame).find("is 102, this node speaks 101"), std::string::npos) << fault_of(frame);
}

TEST(peer_codec, positions_out_of_order_are_refused) {
  const peer_request twice = forwarded_lookup{"order_views", "7", {history, {{4, 2}, {4, 17}}}, 250};
  EXPECT_NE(fault_of(encode(twice)).find("ascending"), std::string::npos);
}

TEST(peer_codec, members_out_of_order_are_refused) {
  const peer_response it = peer_answer{node_status{7, 12, true, {7, 3}, {}, {}}};
  EXPECT_TRUE(std::holds_alternative<std::string>(decode_peer_response(encode(it))));
}

TEST(peer_codec, a_length_without_its_bytes_allocates_nothing) {
  auto frame = encode(peer_response{forwarded_rows{}});
  frame[2] = 0xFF; // The number of rows.
  EXPECT_TRUE(std::holds_alternative<std::string>(decode_peer_response(frame)));
  frame[2] = 0;
  frame[4] = 0x20;
  EXPECT_TRUE(std::holds_alternative<std::string>(decode_peer_response(frame)));
}

RC_GTEST_PROP(peer_codec, what_is_decoded_from_any_bytes_encodes_to_them, (bytes rest)) {
  const auto kind = *rc::gen::element<std::uint8_t>(1, 2, 3, 4, 5, 6, 129, 130, 131, 132, 133, 134, 135, 136);
  rest.insert(rest.begin(), {peer_protocol_version, kind});
  const auto asked = decode_peer_request(rest);
  if (const auto* it = std::get_if<peer_request>(&asked)) RC_ASSERT(encode(*it) == rest);
  const auto answered = decode_peer_response(rest);
  if (const auto* it = std::get_if<peer_response>(&answered)) RC_ASSERT(encode(*it) == rest);
}

TEST(peer_codec, a_changed_byte_changes_the_value_or_is_refused) {
  for (const auto& it : responses()) {
    const auto frame = encode(it);
    for (std::size_t i = 0; i < frame.size(); ++i)
      for (int bit = 0; bit < 8; ++bit) {
        auto changed = frame;
        changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1 << bit));
        const auto decoded = decode_peer_response(changed);
        if (const auto* value = std::get_if<peer_response>(&decoded)) { EXPECT_EQ(encode(*value), changed); }
      }
  }
}
