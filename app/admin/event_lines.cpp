#include "app/admin/event_lines.hpp"

#include "app/admin/raw_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace stele::admin {

namespace {

namespace json = boost::json;

template <class T>
using parsed = boost::system::result<T, line_error>;

constexpr std::string_view end_begins = "{\"stele_export_end\":true,\"events\":";

parsed<json::object> parse_object(std::string_view line) {
  json::error_code fault;
  json::parse_options options;
  options.max_depth = 256;
  auto value = json::parse({line.data(), line.size()}, fault, {}, options);
  if (fault) return line_error{"wanted a JSON object, found bad JSON: " + fault.message()};
  if (!value.is_object()) return line_error{"wanted a JSON object"};
  return std::move(value.get_object());
}

// Takes members out of a line; the first that is missing or wrong is kept as the error.
class members {
public:
  explicit members(json::object from) : from_(std::move(from)) {}

  template <class T = std::uint64_t>
  T number(std::string_view name) {
    const auto* it = find(name);
    json::error_code fault;
    const auto value = it != nullptr ? it->to_number<T>(fault) : T{};
    if (it != nullptr && fault) fail(name, "a whole number");
    return value;
  }

  std::string text(std::string_view name) {
    const auto* it = find(name);
    if (it != nullptr && it->is_string()) return {it->get_string().data(), it->get_string().size()};
    if (it != nullptr) fail(name, "a text");
    return {};
  }

  uuid id(std::string_view name) {
    const auto found = parse_uuid(text(name));
    if (!found) fail(name, "a UUID");
    return found.value_or(uuid{});
  }

  // An object, as it stands in the line: reading and writing it anew would change how numbers look.
  std::string object(std::string_view line, std::string_view name) {
    const auto* it = find(name);
    if (it == nullptr) return {};
    if (!it->is_object()) fail(name, "an object");
    return std::string(raw_value(line, name).value_or("{}"));
  }

  bool has(std::string_view name) const { return from_.contains({name.data(), name.size()}); }

  const std::string& error() const { return error_; }

private:
  const json::value* find(std::string_view name) {
    const auto* it = from_.if_contains({name.data(), name.size()});
    if (it == nullptr) fail(name, "a member of that name");
    return it;
  }

  void fail(std::string_view name, const char* wanted) {
    if (error_.empty()) error_ = "'" + std::string(name) + "': wanted " + wanted;
  }

  json::object from_;
  std::string error_;
};

void append(std::string& out, const char* name, std::uint64_t value) {
  out.append("\"").append(name).append("\":").append(std::to_string(value)).append(",");
}

void append(std::string& out, const char* name, std::string_view value) {
  out.append("\"").append(name).append("\":").append(json_text(value)).append(",");
}

} // namespace

std::string header_line(const export_header& it) {
  return "{\"stele_export\":1,\"history\":\"" + to_string(it.history) + "\",\"shards\":" + std::to_string(it.shards) +
         "}";
}

parsed<export_header> parse_header_line(std::string_view line) {
  auto object = parse_object(line);
  if (!object) return object.error();
  members from(std::move(*object));
  const auto format = from.number("stele_export");
  export_header it{from.id("history"), from.number<std::uint32_t>("shards")};
  if (!from.error().empty()) return line_error{from.error()};
  if (format != 1) return line_error{"wanted an export of format 1, found format " + std::to_string(format)};
  if (it.shards < 1 || it.shards > 4096) return line_error{"'shards': wanted 1 to 4096"};
  return it;
}

std::string event_line(const recorded_event& it) {
  std::string out = "{";
  append(out, "global_position", it.global_position);
  append(out, "shard", it.shard);
  append(out, "position", it.position);
  append(out, "stream_id", it.stream_id);
  append(out, "version", it.version);
  append(out, "event_id", to_string(it.event_id));
  append(out, "command_id", to_string(it.command_id));
  append(out, "command_digest", to_string(it.command_digest));
  append(out, "part", it.part);
  append(out, "parts", it.parts);
  append(out, "type", it.type);
  append(out, "type_version", it.type_version);
  out += "\"recorded_at\":" + std::to_string(it.recorded_at);
  if (!it.metadata.empty()) out += ",\"metadata\":" + it.metadata;
  return out + ",\"payload\":" + it.payload + '}';
}

parsed<recorded_event> parse_event_line(std::string_view line) {
  auto object = parse_object(line);
  if (!object) return object.error();
  members from(std::move(*object));
  recorded_event it;
  it.global_position = from.number("global_position");
  it.shard = from.number<shard_number>("shard");
  it.position = from.number("position");
  it.stream_id = from.text("stream_id");
  it.version = from.number("version");
  it.event_id = from.id("event_id");
  it.command_id = from.id("command_id");
  it.command_digest = from.id("command_digest");
  it.part = from.number<std::uint32_t>("part");
  it.parts = from.number<std::uint32_t>("parts");
  it.type = from.text("type");
  it.type_version = from.number<std::uint32_t>("type_version");
  it.recorded_at = from.number<unix_ms>("recorded_at");
  it.payload = from.object(line, "payload");
  if (from.has("metadata")) it.metadata = from.object(line, "metadata");
  if (!from.error().empty()) return line_error{from.error()};
  return it;
}

std::string end_line(std::uint64_t events) { return std::string(end_begins) + std::to_string(events) + "}"; }

bool is_end_line(std::string_view line) { return line.substr(0, end_begins.size()) == end_begins; }

parsed<std::uint64_t> parse_end_line(std::string_view line) {
  auto object = parse_object(line);
  if (!object) return object.error();
  members from(std::move(*object));
  const auto events = from.number("events");
  if (!from.error().empty()) return line_error{from.error()};
  return events;
}

} // namespace stele::admin
