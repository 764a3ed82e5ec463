#include "app/cluster/peer_fields.hpp"

#include <bit>

namespace stele::cluster {

namespace {

constexpr std::size_t columns_max = 1000;
constexpr std::size_t views_max = 1000;
constexpr std::size_t members_max = 10'000;

enum class value_kind : std::uint8_t { null, integer, real, text };

struct value_writer {
  byte_writer& out;

  byte_writer& kind(value_kind it) const { return out.number(static_cast<std::uint8_t>(it)); }
  void operator()(std::monostate) const { kind(value_kind::null); }
  void operator()(std::int64_t it) const { kind(value_kind::integer).number(it); }
  void operator()(double it) const { kind(value_kind::real).number(std::bit_cast<std::uint64_t>(it)); }
  void operator()(const std::string& it) const { kind(value_kind::text).text(it); }
};

field_value read_value(byte_reader& in) {
  switch (const auto kind = in.number<std::uint8_t>("the kind of a value"); static_cast<value_kind>(kind)) {
  case value_kind::null:
    return {};
  case value_kind::integer:
    return in.number<std::int64_t>("an integer");
  case value_kind::real:
    return std::bit_cast<double>(in.number<std::uint64_t>("a real number"));
  case value_kind::text:
    return in.text("a text", text_max);
  default:
    in.fail("the kind of a value", "is " + std::to_string(kind) + ", wanted 0 to 3");
    return {};
  }
}

} // namespace

void write(byte_writer& out, const shard_positions& it) {
  out.length(it.size());
  for (const auto& [shard, position] : it) out.number(shard).number(position);
}

void write(byte_writer& out, const token& it) {
  out.raw(it.history.bytes);
  write(out, it.positions);
}

void write(byte_writer& out, const row_values& it) {
  out.length(it.size());
  for (const auto& value : it) std::visit(value_writer{out}, value);
}

void write(byte_writer& out, const refusal& it) {
  out.number(static_cast<std::uint8_t>(it.kind)).text(it.code).text(it.message).text(it.pointer);
}

void write(byte_writer& out, const node_status& it) {
  out.number(it.number).number(it.view).truth(it.ready);
  out.length(it.members.size());
  for (const node_number member : it.members) out.number(member);
  write(out, it.heads);
  out.length(it.written.size());
  for (const auto& [view, positions] : it.written) {
    out.text(view);
    write(out, positions);
  }
}

shard_positions read_positions(byte_reader& in) {
  shard_positions it;
  const auto count = in.length("positions", shards_max);
  it.reserve(std::min<std::size_t>(count, in.left() / (sizeof(shard_number) + sizeof(shard_position))));
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) {
    const auto shard = in.number<shard_number>("a shard");
    if (!it.empty() && shard <= it.back().first) in.fail("positions", "are not in ascending order of their shards");
    it.emplace_back(shard, in.number<shard_position>("a position"));
  }
  return it;
}

token read_token(byte_reader& in) {
  token it;
  in.raw(it.history.bytes, "the history of a token");
  it.positions = read_positions(in);
  return it;
}

row_values read_row(byte_reader& in) {
  row_values it;
  const auto count = in.length("columns", columns_max);
  it.reserve(std::min<std::size_t>(count, in.left()));
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) it.push_back(read_value(in));
  return it;
}

refusal read_refusal(byte_reader& in) {
  const auto kind = in.number<std::uint8_t>("the kind of a refusal");
  if (kind > static_cast<std::uint8_t>(refusal_kind::internal))
    in.fail("the kind of a refusal", "is " + std::to_string(kind) + ", which this version does not know");
  refusal it;
  it.kind = static_cast<refusal_kind>(kind);
  it.code = in.text("code", name_max);
  it.message = in.text("message", text_max);
  it.pointer = in.text("pointer", text_max);
  return it;
}

std::vector<node_number> read_members(byte_reader& in) {
  std::vector<node_number> it;
  const auto count = in.length("members", members_max);
  it.reserve(std::min<std::size_t>(count, in.left() / sizeof(node_number)));
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) {
    const auto member = in.number<node_number>("a member");
    if (!it.empty() && member <= it.back()) in.fail("members", "are not in ascending order");
    it.push_back(member);
  }
  return it;
}

node_status read_status(byte_reader& in) {
  node_status it;
  it.number = in.number<node_number>("number");
  it.view = in.number<std::uint64_t>("view");
  it.ready = in.truth("ready");
  it.members = read_members(in);
  it.heads = read_positions(in);
  const auto count = in.length("views", views_max);
  for (std::uint32_t i = 0; i < count && in.fault().empty(); ++i) {
    auto view = in.text("the name of a view", name_max);
    it.written.emplace_back(std::move(view), read_positions(in));
  }
  return it;
}

} // namespace stele::cluster
