#include "app/gateway/protocol_codec.hpp"

#include "app/gateway/byte_reader.hpp"
#include "app/gateway/byte_writer.hpp"

#include <algorithm>

namespace stele {

namespace {

// Limits of fields, in bytes or elements. A whole frame has its own limit, which the filter holds.
constexpr std::size_t name_max = 128; ///< Of aggregates, types, views, queries; ids; codes of refusals.
constexpr std::size_t json_max = 1 << 20;
constexpr std::size_t traceparent_max = 64;
constexpr std::size_t token_max = 2048; ///< 64 pairs take about 1200.
constexpr std::size_t sentence_max = 4096;
constexpr std::size_t rows_max = 1000;
constexpr std::size_t events_max = 100'000;
constexpr std::size_t event_bytes_min = 96; ///< Of one with empty texts, roughly.

/// What a frame is. Numbers are never used twice.
enum class kind : std::uint8_t {
  hello = 1,
  command = 2,
  lookup = 3,
  query = 4,
  state = 5,
  all_events = 6,
  traced_command = 7, ///< A command with one more field, which nodes of an older version don't know.
  server_info = 129,
  accepted = 130,
  found = 131,
  past_state = 132,
  refusal = 133,
  found_events = 134
};

void write(byte_writer& out, kind it) { out.number(protocol_version).number(static_cast<std::uint8_t>(it)); }

void write(byte_writer& out, const hello_request&) { write(out, kind::hello); }

void write(byte_writer& out, const command_request& it) {
  write(out, it.traceparent.empty() ? kind::command : kind::traced_command);
  out.text(it.aggregate).text(it.id).text(it.type).text(it.body).raw(it.command_id.bytes);
  out.truth(it.expected_version.has_value());
  if (it.expected_version) out.number(*it.expected_version);
  out.number(it.timeout_ms);
  if (!it.traceparent.empty()) out.text(it.traceparent.substr(0, traceparent_max));
}

void write(byte_writer& out, const lookup_request& it) {
  write(out, kind::lookup);
  out.text(it.view).text(it.key).text(it.after).number(it.timeout_ms);
}

void write(byte_writer& out, const query_request& it) {
  write(out, kind::query);
  out.text(it.name).text(it.parameters).text(it.after).number(it.timeout_ms);
}

void write(byte_writer& out, const state_request& it) {
  write(out, kind::state);
  out.text(it.aggregate).text(it.id).truth(it.by_time).number(it.at).number(it.timeout_ms);
}

void write(byte_writer& out, const all_events_request& it) {
  write(out, kind::all_events);
  out.number(it.after).number(it.limit).number(it.wait_ms).text(it.aggregate).number(it.timeout_ms);
}

void write(byte_writer& out, const server_info& it) {
  write(out, kind::server_info);
  out.text(it.server).text(it.version).raw(it.history.bytes);
  out.number(it.requests_max).number(it.frame_bytes_max).number(it.timeout_ms_max);
}

void write(byte_writer& out, const accepted& it) {
  write(out, kind::accepted);
  out.number(it.version).text(it.token).truth(it.changed).truth(it.repeated);
}

void write(byte_writer& out, const found& it) {
  write(out, kind::found);
  out.length(it.rows.size());
  for (const auto& row : it.rows) out.text(row);
  out.number(it.total).number(it.page).number(it.page_size).text(it.token).truth(it.stale).number(it.lag_ms);
}

void write(byte_writer& out, const past_state& it) {
  write(out, kind::past_state);
  out.number(it.version).number(it.at).text(it.state);
}

void write(byte_writer& out, const found_events& it) {
  write(out, kind::found_events);
  out.length(it.events.size());
  for (const auto& event : it.events) {
    out.number(event.global_position).text(event.aggregate).text(event.id).number(event.version);
    out.text(event.type).number(event.type_version).number(event.at).text(event.data).text(event.metadata);
    out.raw(event.event_id.bytes).raw(event.command_id.bytes).number(event.shard).number(event.position);
  }
  out.number(it.next).truth(it.more);
}

void write(byte_writer& out, const refusal& it) {
  write(out, kind::refusal);
  const auto cut = [](std::string_view text, std::size_t size_max) { return text.substr(0, size_max); };
  out.number(static_cast<std::uint8_t>(it.kind));
  out.text(cut(it.code, name_max)).text(cut(it.message, sentence_max)).text(cut(it.pointer, sentence_max));
}

template <class Variant>
std::vector<std::uint8_t> encode_any(const Variant& it) {
  byte_writer out;
  std::visit([&](const auto& alternative) { write(out, alternative); }, it);
  return out.take();
}

// The fields of a braced list are read from left to right, in the order of the struct.

command_request read_command(byte_reader& in) {
  command_request it{in.text("aggregate", name_max),
                     in.text("id", name_max),
                     in.text("type", name_max),
                     in.text("body", json_max),
                     {},
                     {},
                     0,
                     {}};
  in.raw(it.command_id.bytes, "command_id");
  if (in.truth("has_expected_version")) it.expected_version = in.number<stream_version>("expected_version");
  it.timeout_ms = in.number<std::uint32_t>("timeout_ms");
  return it;
}

command_request read_traced_command(byte_reader& in) {
  auto it = read_command(in);
  it.traceparent = in.text("traceparent", traceparent_max);
  if (it.traceparent.empty()) in.fail("traceparent", "is empty: a command without one is of another kind");
  return it;
}

lookup_request read_lookup(byte_reader& in) {
  return {in.text("view", name_max), in.text("key", name_max), in.text("after", token_max),
          in.number<std::uint32_t>("timeout_ms")};
}

query_request read_query(byte_reader& in) {
  return {in.text("name", name_max), in.text("parameters", json_max), in.text("after", token_max),
          in.number<std::uint32_t>("timeout_ms")};
}

state_request read_state(byte_reader& in) {
  return {in.text("aggregate", name_max), in.text("id", name_max), in.truth("by_time"), in.number<std::uint64_t>("at"),
          in.number<std::uint32_t>("timeout_ms")};
}

all_events_request read_all_events(byte_reader& in) {
  return {in.number<std::uint64_t>("after"), in.number<std::uint32_t>("limit"), in.number<std::uint32_t>("wait_ms"),
          in.text("aggregate", name_max), in.number<std::uint32_t>("timeout_ms")};
}

server_info read_server_info(byte_reader& in) {
  server_info it{in.text("server", name_max), in.text("version", name_max), {}, 0, 0, 0};
  in.raw(it.history.bytes, "history");
  it.requests_max = in.number<std::uint32_t>("requests_max");
  it.frame_bytes_max = in.number<std::uint32_t>("frame_bytes_max");
  it.timeout_ms_max = in.number<std::uint32_t>("timeout_ms_max");
  return it;
}

accepted read_accepted(byte_reader& in) {
  return {in.number<stream_version>("version"), in.text("token", token_max), in.truth("changed"), in.truth("repeated")};
}

found read_found(byte_reader& in) {
  found it;
  const auto count = in.length("rows", rows_max);
  it.rows.reserve(std::min<std::size_t>(count, in.left() / sizeof(std::uint32_t)));
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) it.rows.push_back(in.text("row", json_max));
  it.total = in.number<std::uint64_t>("total");
  it.page = in.number<std::uint32_t>("page");
  it.page_size = in.number<std::uint32_t>("page_size");
  it.token = in.text("token", token_max);
  it.stale = in.truth("stale");
  it.lag_ms = in.number<std::int64_t>("lag_ms");
  return it;
}

past_state read_past_state(byte_reader& in) {
  return {in.number<stream_version>("version"), in.number<unix_ms>("at"), in.text("state", json_max)};
}

stored_event read_event(byte_reader& in) {
  stored_event it;
  it.global_position = in.number<std::uint64_t>("global_position");
  it.aggregate = in.text("aggregate", name_max);
  it.id = in.text("id", name_max);
  it.version = in.number<stream_version>("version");
  it.type = in.text("type", name_max);
  it.type_version = in.number<std::uint32_t>("type_version");
  it.at = in.number<unix_ms>("at");
  it.data = in.text("data", json_max);
  it.metadata = in.text("metadata", json_max);
  in.raw(it.event_id.bytes, "event_id");
  in.raw(it.command_id.bytes, "command_id");
  it.shard = in.number<shard_number>("shard");
  it.position = in.number<shard_position>("position");
  return it;
}

found_events read_found_events(byte_reader& in) {
  found_events it;
  const auto count = in.length("events", events_max);
  it.events.reserve(std::min<std::size_t>(count, in.left() / event_bytes_min));
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) it.events.push_back(read_event(in));
  it.next = in.number<std::uint64_t>("next");
  it.more = in.truth("more");
  return it;
}

refusal read_refusal(byte_reader& in) {
  const auto number = in.number<std::uint8_t>("kind");
  if (number > static_cast<std::uint8_t>(refusal_kind::internal))
    in.fail("kind", "of refusal is " + std::to_string(number) + ", which this version does not know");
  return {static_cast<refusal_kind>(number), in.text("code", name_max), in.text("message", sentence_max),
          in.text("pointer", sentence_max)};
}

kind read_kind(byte_reader& in) {
  const auto version = in.number<std::uint8_t>("the version of the protocol");
  if (in.fault().empty() && version != protocol_version)
    in.fail("the version of the protocol",
            "is " + std::to_string(version) + ", this side speaks " + std::to_string(protocol_version));
  return static_cast<kind>(in.number<std::uint8_t>("the kind of the frame"));
}

std::string unknown(kind it) { return std::to_string(static_cast<int>(it)) + " is not one this side takes"; }

request read_request(byte_reader& in) {
  switch (const auto it = read_kind(in)) {
  case kind::hello:
    return hello_request{};
  case kind::command:
    return read_command(in);
  case kind::traced_command:
    return read_traced_command(in);
  case kind::lookup:
    return read_lookup(in);
  case kind::query:
    return read_query(in);
  case kind::state:
    return read_state(in);
  case kind::all_events:
    return read_all_events(in);
  default:
    in.fail("the kind of the frame", unknown(it));
    return hello_request{};
  }
}

response read_response(byte_reader& in) {
  switch (const auto it = read_kind(in)) {
  case kind::server_info:
    return read_server_info(in);
  case kind::accepted:
    return read_accepted(in);
  case kind::found:
    return read_found(in);
  case kind::past_state:
    return read_past_state(in);
  case kind::refusal:
    return read_refusal(in);
  case kind::found_events:
    return read_found_events(in);
  default:
    in.fail("the kind of the frame", unknown(it));
    return refusal{};
  }
}

refusal broken(refusal_kind kind, const std::string& fault) {
  return {kind, "bad_frame", "The frame can't be read: " + fault + ".", {}};
}

} // namespace

std::vector<std::uint8_t> encode_request(const request& it) { return encode_any(it); }
std::vector<std::uint8_t> encode_response(const response& it) { return encode_any(it); }

std::variant<request, refusal> decode_request(std::span<const std::uint8_t> bytes) {
  byte_reader in{bytes};
  auto it = read_request(in);
  in.end();
  if (!in.fault().empty()) return broken(refusal_kind::invalid, in.fault());
  return it;
}

std::variant<response, refusal> decode_response(std::span<const std::uint8_t> bytes) {
  byte_reader in{bytes};
  auto it = read_response(in);
  in.end();
  if (!in.fault().empty()) return broken(refusal_kind::internal, in.fault());
  return it;
}

} // namespace stele
