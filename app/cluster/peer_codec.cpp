#include "app/cluster/peer_codec.hpp"

#include "app/cluster/peer_fields.hpp"

namespace stele::cluster {

namespace {

constexpr std::size_t rows_max = 10'000;

/// What a frame is. Numbers are never used twice.
enum class kind : std::uint8_t {
  hello = 1,
  command = 2,
  lookup = 3,
  status_asked = 4,
  written_asked = 5,
  reach_asked = 6,
  welcome = 129,
  acceptance = 130,
  rows = 131,
  status = 132,
  written = 133,
  reached = 134,
  refusal = 135,
  no_answer = 136
};

byte_writer begin(kind it) {
  byte_writer out;
  out.number(peer_protocol_version).number(static_cast<std::uint8_t>(it));
  return out;
}

void write_identity(byte_writer& out, const peer_identity& it) {
  out.raw(it.history.bytes).number(it.number).number(it.build);
}

byte_writer frame_of(const peer_hello& it) {
  auto out = begin(kind::hello);
  write_identity(out, it.who);
  return out;
}

byte_writer frame_of(const forwarded_command& it) {
  auto out = begin(kind::command);
  out.text(it.stream_id).text(it.type).text(it.body).text(it.metadata).raw(it.command_id.bytes);
  out.truth(it.expected_version.has_value());
  if (it.expected_version) out.number(*it.expected_version);
  out.number(it.time_left_ms);
  return out;
}

byte_writer frame_of(const forwarded_lookup& it) {
  auto out = begin(kind::lookup);
  out.text(it.view).text(it.key);
  write(out, it.after);
  out.number(it.wait_ms);
  return out;
}

byte_writer frame_of(const node_status& it, kind as) {
  auto out = begin(as);
  write(out, it);
  return out;
}

byte_writer frame_of(const asked_question& it) {
  byte_writer out;
  if (const auto* status = std::get_if<node_status>(&it.what)) {
    out = frame_of(*status, kind::status_asked);
  } else if (const auto* written = std::get_if<await_written>(&it.what)) {
    out = begin(kind::written_asked);
    out.text(written->view).number(written->shard).number(written->position).number(written->wait_ms);
  } else {
    const auto& reach = std::get<try_to_reach>(it.what);
    out = begin(kind::reach_asked);
    out.number(reach.number).text(reach.address).number(reach.wait_ms);
  }
  out.number(it.wait_ms);
  return out;
}

byte_writer frame_of(const peer_welcome& it) {
  auto out = begin(kind::welcome);
  write_identity(out, it.who);
  out.number(it.requests_max).number(it.frame_bytes_max);
  return out;
}

byte_writer frame_of(const acceptance& it) {
  auto out = begin(kind::acceptance);
  out.number(it.version).number(it.shard).number(it.position).truth(it.changed).truth(it.repeated);
  return out;
}

byte_writer frame_of(const forwarded_rows& it) {
  auto out = begin(kind::rows);
  out.length(it.rows.size());
  for (const auto& row : it.rows) write(out, row);
  out.number(it.total).number(it.page_number).number(it.page_size);
  write(out, it.as_of.at);
  write(out, it.as_of.reached);
  out.truth(it.as_of.stale).number(it.as_of.lag_ms);
  return out;
}

byte_writer frame_of(const peer_answer& it) {
  if (const auto* status = std::get_if<node_status>(&it)) return frame_of(*status, kind::status);
  if (const auto* written = std::get_if<written_up_to>(&it)) {
    auto out = begin(kind::written);
    out.number(written->position).truth(written->owner);
    return out;
  }
  const auto& how = std::get<reached>(it);
  auto out = begin(kind::reached);
  out.truth(how.yes).text(how.why_not);
  return out;
}

byte_writer frame_of(const refusal& it) {
  auto out = begin(kind::refusal);
  write(out, it);
  return out;
}

byte_writer frame_of(const no_answer& it) {
  auto out = begin(kind::no_answer);
  out.truth(it.taken).text(it.why);
  return out;
}

peer_identity read_identity(byte_reader& in) {
  peer_identity it;
  in.raw(it.history.bytes, "history");
  it.number = in.number<node_number>("the number of the node");
  it.build = in.number<std::uint32_t>("build");
  return it;
}

forwarded_command read_command(byte_reader& in) {
  forwarded_command it;
  it.stream_id = in.text("stream_id", text_max);
  it.type = in.text("type", name_max);
  it.body = in.text("body", text_max);
  it.metadata = in.text("metadata", text_max);
  in.raw(it.command_id.bytes, "command_id");
  if (in.truth("has_expected_version")) it.expected_version = in.number<stream_version>("expected_version");
  it.time_left_ms = in.number<std::uint32_t>("time_left_ms");
  return it;
}

forwarded_lookup read_lookup(byte_reader& in) {
  forwarded_lookup it;
  it.view = in.text("view", name_max);
  it.key = in.text("key", text_max);
  it.after = read_token(in);
  it.wait_ms = in.number<std::uint32_t>("wait_ms");
  return it;
}

await_written read_written_asked(byte_reader& in) {
  await_written it;
  it.view = in.text("view", name_max);
  it.shard = in.number<shard_number>("shard");
  it.position = in.number<shard_position>("position");
  it.wait_ms = in.number<std::int64_t>("wait_ms");
  return it;
}

try_to_reach read_reach_asked(byte_reader& in) {
  try_to_reach it;
  it.number = in.number<node_number>("number");
  it.address = in.text("address", name_max);
  it.wait_ms = in.number<std::int64_t>("wait_ms");
  return it;
}

asked_question with_wait(byte_reader& in, peer_question what) {
  return {std::move(what), in.number<std::uint32_t>("the time of the question")};
}

peer_welcome read_welcome(byte_reader& in) {
  peer_welcome it;
  it.who = read_identity(in);
  it.requests_max = in.number<std::uint32_t>("requests_max");
  it.frame_bytes_max = in.number<std::uint32_t>("frame_bytes_max");
  return it;
}

acceptance read_acceptance(byte_reader& in) {
  acceptance it;
  it.version = in.number<stream_version>("version");
  it.shard = in.number<shard_number>("shard");
  it.position = in.number<shard_position>("position");
  it.changed = in.truth("changed");
  it.repeated = in.truth("repeated");
  return it;
}

forwarded_rows read_rows(byte_reader& in) {
  forwarded_rows it;
  const auto count = in.length("rows", rows_max);
  it.rows.reserve(std::min<std::size_t>(count, in.left() / sizeof(std::uint32_t)));
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) it.rows.push_back(read_row(in));
  it.total = in.number<std::uint64_t>("total");
  it.page_number = in.number<std::uint32_t>("page_number");
  it.page_size = in.number<std::uint32_t>("page_size");
  it.as_of.at = read_token(in);
  it.as_of.reached = read_token(in);
  it.as_of.stale = in.truth("stale");
  it.as_of.lag_ms = in.number<std::int64_t>("lag_ms");
  return it;
}

written_up_to read_written(byte_reader& in) {
  written_up_to it;
  it.position = in.number<shard_position>("position");
  it.owner = in.truth("owner");
  return it;
}

reached read_reached(byte_reader& in) {
  reached it;
  it.yes = in.truth("yes");
  it.why_not = in.text("why_not", sentence_max);
  return it;
}

no_answer read_no_answer(byte_reader& in) {
  no_answer it;
  it.taken = in.truth("taken");
  it.why = in.text("why", sentence_max);
  return it;
}

kind read_kind(byte_reader& in) {
  const auto version = in.number<std::uint8_t>("the version of the protocol");
  if (in.fault().empty() && version != peer_protocol_version)
    in.fail("the version of the protocol",
            "is " + std::to_string(version) + ", this node speaks " + std::to_string(peer_protocol_version));
  return static_cast<kind>(in.number<std::uint8_t>("the kind of the frame"));
}

void fail_kind(byte_reader& in, kind it) {
  in.fail("the kind of the frame", std::to_string(static_cast<int>(it)) + " is not one that is taken here");
}

peer_request read_request(byte_reader& in) {
  switch (const auto it = read_kind(in)) {
  case kind::hello:
    return peer_hello{read_identity(in)};
  case kind::command:
    return read_command(in);
  case kind::lookup:
    return read_lookup(in);
  case kind::status_asked:
    return with_wait(in, read_status(in));
  case kind::written_asked:
    return with_wait(in, read_written_asked(in));
  case kind::reach_asked:
    return with_wait(in, read_reach_asked(in));
  default:
    fail_kind(in, it);
    return peer_hello{};
  }
}

peer_response read_response(byte_reader& in) {
  switch (const auto it = read_kind(in)) {
  case kind::welcome:
    return read_welcome(in);
  case kind::acceptance:
    return read_acceptance(in);
  case kind::rows:
    return read_rows(in);
  case kind::status:
    return peer_answer{read_status(in)};
  case kind::written:
    return peer_answer{read_written(in)};
  case kind::reached:
    return peer_answer{read_reached(in)};
  case kind::refusal:
    return read_refusal(in);
  case kind::no_answer:
    return read_no_answer(in);
  default:
    fail_kind(in, it);
    return no_answer{};
  }
}

template <class Value, class Read>
std::variant<Value, std::string> decode_all(std::span<const std::uint8_t> bytes, Read read) {
  byte_reader in{bytes};
  Value it = read(in);
  in.end();
  if (!in.fault().empty()) return "A frame between nodes can't be read: " + in.fault() + ".";
  return it;
}

} // namespace

std::vector<std::uint8_t> encode(const peer_request& it) {
  return std::visit([](const auto& what) { return frame_of(what).take(); }, it);
}

std::vector<std::uint8_t> encode(const peer_response& it) {
  return std::visit([](const auto& what) { return frame_of(what).take(); }, it);
}

std::variant<peer_request, std::string> decode_peer_request(std::span<const std::uint8_t> bytes) {
  return decode_all<peer_request>(bytes, read_request);
}

std::variant<peer_response, std::string> decode_peer_response(std::span<const std::uint8_t> bytes) {
  return decode_all<peer_response>(bytes, read_response);
}

} // namespace stele::cluster
