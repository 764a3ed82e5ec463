#include "app/gateway/protocol_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace stele;

namespace {

using bytes = std::vector<std::uint8_t>;

uuid some_id() {
  uuid it;
  for (std::size_t i = 0; i < it.bytes.size(); ++i) it.bytes[i] = static_cast<std::uint8_t>(i + 1);
  return it;
}

std::vector<request> requests() {
  return {hello_request{},
          command_request{"order", "7", "create_order", R"({"customer_id":"ada"})", some_id(), 3, 1500},
          command_request{"order", "7", "ship_order", "{}", some_id(), std::nullopt, 1500},
          command_request{"order", "7", "ship_order", "{}", some_id(), std::nullopt, 1500, "00-4b-00-01"},
          lookup_request{"order_views", "7", "token", 250},
          query_request{"orders_of_customer", R"({"customer_id":"ada"})", "", 5000},
          state_request{"order", "7", true, 1'700'000'000'000, 100},
          state_request{"order", "7", false, 2, 100},
          all_events_request{17, 50, 1000, "order", 6000}};
}

std::vector<response> responses() {
  return {server_info{"north", "0.1.0", some_id(), 512, 1 << 20, 30'000},
          accepted{4, "token", true, false},
          accepted{4, "", false, true},
          found{{R"({"order_id":"7"})", R"({"order_id":"8"})"}, 17, 2, 2, "token", true, 12},
          found{},
          past_state{2, 1'700'000'000'000, "{}"},
          found_events{{{17, "order", "7", 2, "order_shipped", 1, 1'700'000'000'000, "{}", R"({"a":1})", some_id(),
                         some_id(), 3, 9}},
                       17,
                       true},
          found_events{},
          refusal{refusal_kind::rejected, "already_shipped", "The order has been shipped.", "/items/0"}};
}

bool equal(const response& a, const response& b) { return encode_response(a) == encode_response(b); }

void append(bytes& to, std::uint64_t number, int count) {
  while (count-- > 0) to.push_back(static_cast<std::uint8_t>(number >> (8 * count)));
}

std::string fault_of(const bytes& it) {
  const auto decoded = decode_request(it);
  const auto* why = std::get_if<refusal>(&decoded);
  return why ? why->message : "";
}

} // namespace

TEST(protocol_codec, requests_come_back_as_they_went) {
  for (const auto& it : requests()) {
    const auto decoded = decode_request(encode_request(it));
    ASSERT_TRUE(std::holds_alternative<request>(decoded)) << std::get<refusal>(decoded).message;
    EXPECT_EQ(std::get<request>(decoded), it);
  }
}

TEST(protocol_codec, responses_come_back_as_they_went) {
  for (const auto& it : responses()) {
    const auto decoded = decode_response(encode_response(it));
    ASSERT_TRUE(std::holds_alternative<response>(decoded)) << std::get<refusal>(decoded).message;
    EXPECT_TRUE(equal(std::get<response>(decoded), it));
  }
}

TEST(protocol_codec, a_request_has_these_bytes) {
  const bytes expected{1, 3, 0, 0, 0, 1, 'v', 0, 0, 0, 1, 'k', 0, 0, 0, 0, 0, 0, 1, 0};
  EXPECT_EQ(encode_request(lookup_request{"v", "k", "", 256}), expected) << "clients in the field speak so";
}

TEST(protocol_codec, every_truncation_is_refused) {
  for (const auto& it : requests()) {
    const auto whole = encode_request(it);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_TRUE(std::holds_alternative<refusal>(decode_request({whole.data(), size})));
  }
  for (const auto& it : responses()) {
    const auto whole = encode_response(it);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_TRUE(std::holds_alternative<refusal>(decode_response({whole.data(), size})));
  }
}

TEST(protocol_codec, every_trailing_byte_is_refused) {
  for (const auto& it : requests()) {
    auto whole = encode_request(it);
    whole.push_back(0);
    EXPECT_TRUE(std::holds_alternative<refusal>(decode_request(whole)));
  }
  for (const auto& it : responses()) {
    auto whole = encode_response(it);
    whole.push_back(0);
    EXPECT_TRUE(std::holds_alternative<refusal>(decode_response(whole)));
  }
}

TEST(protocol_codec, a_refusal_says_what_is_wrong) {
  EXPECT_EQ(fault_of({2, 1}), "The frame can't be read: the version of the protocol is 2, this side speaks 1.");
  EXPECT_EQ(fault_of({1, 77}), "The frame can't be read: the kind of the frame 77 is not one this side takes.");
  EXPECT_EQ(fault_of({1, 3, 0, 0, 0, 200}), "The frame can't be read: view has length 200, allowed are 128.");
  EXPECT_EQ(fault_of({1, 3, 0, 0, 0, 5, 'a'}), "The frame can't be read: view needs 5 bytes, the frame has 1 left.");
  EXPECT_EQ(fault_of({1, 1, 0}), "The frame can't be read: the frame has 1 bytes after its last field.");
  EXPECT_EQ(fault_of({}), "The frame can't be read: the version of the protocol needs 1 bytes, the frame has 0 left.");
}

TEST(protocol_codec, lengths_beyond_the_frame_allocate_nothing) {
  bytes rows{protocol_version, 131};
  append(rows, 1000, 4); // A thousand rows, and no byte of them.
  EXPECT_TRUE(std::holds_alternative<refusal>(decode_response(rows)));
  bytes too_many{protocol_version, 131};
  append(too_many, 0xFFFFFFFF, 4);
  EXPECT_TRUE(std::holds_alternative<refusal>(decode_response(too_many)));
}

TEST(protocol_codec, truths_and_kinds_of_refusals_are_checked) {
  auto state = encode_request(state_request{"a", "b", true, 1, 2});
  state[12] = 2; // by_time
  EXPECT_EQ(fault_of(state), "The frame can't be read: by_time is 2, wanted 0 or 1.");
  auto why = encode_response(refusal{refusal_kind::internal, "c", "m", ""});
  ++why[2];
  EXPECT_TRUE(std::holds_alternative<refusal>(decode_response(why)));
}

TEST(protocol_codec, a_refusal_too_long_for_the_wire_is_cut) {
  const auto decoded = decode_response(encode_response(
      refusal{refusal_kind::invalid, std::string(1000, 'c'), std::string(10'000, 'm'), std::string(10'000, '/')}));
  const auto* it = std::get_if<response>(&decoded);
  ASSERT_NE(it, nullptr);
  EXPECT_EQ(std::get<refusal>(*it).code.size(), 128u);
  EXPECT_EQ(std::get<refusal>(*it).message.size(), 4096u);
}

RC_GTEST_PROP(protocol_codec, any_bytes_decode_or_are_refused, (const bytes& it)) {
  auto known = it;
  if (known.size() > 1) {
    known[0] = protocol_version;
    known[1] = static_cast<std::uint8_t>(known[1] % 2 ? 1 + known[1] % 6 : 129 + known[1] % 6);
  }
  if (const auto decoded = decode_request(known); std::holds_alternative<request>(decoded))
    RC_ASSERT(encode_request(std::get<request>(decoded)) == known);
  if (const auto decoded = decode_response(known); std::holds_alternative<response>(decoded))
    RC_ASSERT(encode_response(std::get<response>(decoded)) == known);
}

/// There is one form of every value: what decodes encodes to the same bytes.
RC_GTEST_PROP(protocol_codec, changed_requests_decode_to_what_they_say_or_are_refused, ()) {
  const auto all = requests();
  auto it = encode_request(all[*rc::gen::inRange<std::size_t>(0, all.size())]);
  const auto changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i)
    it[*rc::gen::inRange<std::size_t>(0, it.size())] = *rc::gen::arbitrary<std::uint8_t>();
  const auto decoded = decode_request(it);
  if (std::holds_alternative<request>(decoded)) RC_ASSERT(encode_request(std::get<request>(decoded)) == it);
}

RC_GTEST_PROP(protocol_codec, any_command_comes_back_as_it_went,
              (const std::string& body, std::uint64_t version, std::uint32_t timeout)) {
  const request it = command_request{"order", "7", "create_order", body, some_id(), version, timeout};
  RC_ASSERT(std::get<request>(decode_request(encode_request(it))) == it);
}

TEST(protocol_codec, a_command_of_a_trace_names_it) {
  command_request it{"order", "7", "ship_order", "{}", some_id(), std::nullopt, 1500, "x"};
  auto bytes_with = encode_request(it);
  bytes_with.resize(bytes_with.size() - 1);
  bytes_with.back() = 0;
  EXPECT_EQ(fault_of(bytes_with),
            "The frame can't be read: traceparent is empty: a command without one is of another kind.");
  it.traceparent = {};
  EXPECT_EQ(encode_request(it)[1], 2) << "as nodes of an older version take it";
}
