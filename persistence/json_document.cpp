#include "persistence/json_document.hpp"

#include "persistence/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <limits>

namespace stele {

namespace {

namespace json = boost::json;

/// Takes what Boost's parser finds and lays it into the list of nodes.
class node_maker {
public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::uint32_t>::max() / 2;
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  node_maker(std::pmr::vector<json_node>& nodes, std::pmr::memory_resource& memory, std::string_view source)
      : nodes_(nodes), memory_(memory), source_(source), open_(&memory), text_(&memory) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return begin(json_kind::object); }
  bool on_object_end(std::size_t, json::error_code&) { return end(); }
  bool on_array_begin(json::error_code&) { return begin(json_kind::array); }
  bool on_array_end(std::size_t, json::error_code&) { return end(); }
  bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return part(s); }
  bool on_key(json::string_view s, std::size_t, json::error_code&) { return string(s); }
  bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return part(s); }
  bool on_string(json::string_view s, std::size_t, json::error_code&) { return string(s); }
  bool on_number_part(json::string_view s, json::error_code&) { return part(s); }
  bool on_int64(std::int64_t, json::string_view s, json::error_code&) { return number(s); }
  bool on_uint64(std::uint64_t, json::string_view s, json::error_code&) { return number(s); }
  bool on_double(double, json::string_view s, json::error_code&) { return number(s); }
  bool on_bool(bool truth, json::error_code&) { return nodes_.push_back({json_kind::boolean, truth, 1, {}}), true; }
  bool on_null(json::error_code&) { return nodes_.push_back({}), true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

private:
  bool begin(json_kind kind) {
    open_.push_back(static_cast<std::uint32_t>(nodes_.size()));
    nodes_.push_back({kind, false, 1, {}});
    return true;
  }

  bool end() {
    nodes_[open_.back()].span = static_cast<std::uint32_t>(nodes_.size()) - open_.back();
    open_.pop_back();
    return true;
  }

  bool part(json::string_view s) { return text_.append(s.data(), s.size()), true; }
  bool string(json::string_view s) { return nodes_.push_back({json_kind::string, false, 1, whole(s)}), true; }
  bool number(json::string_view s) { return nodes_.push_back({json_kind::number, false, 1, whole(s)}), true; }

  /// The text as a piece of the source; what had escapes is copied aside.
  std::string_view whole(json::string_view last) {
    if (text_.empty() && is_of_source(last.data())) return {last.data(), last.size()};
    text_.append(last.data(), last.size());
    auto* copy = static_cast<char*>(memory_.allocate(text_.size() + 1, 1));
    std::copy(text_.begin(), text_.end(), copy);
    const std::string_view kept{copy, text_.size()};
    text_.clear();
    return kept;
  }

  bool is_of_source(const char* at) const {
    return std::less_equal<>{}(source_.data(), at) && std::less_equal<>{}(at, source_.data() + source_.size());
  }

  std::pmr::vector<json_node>& nodes_;
  std::pmr::memory_resource& memory_;
  std::string_view source_;
  std::pmr::vector<std::uint32_t> open_;
  std::pmr::string text_; // Parts of a string that had escapes.
};

json_problem describe(const json::error_code& error, std::string_view text, std::size_t at, const json_limits& limits) {
  if (!is_utf8(text)) return {"invalid_utf8", "JSON is UTF-8; found bytes that are not", {}};
  if (error == json::error::too_deep)
    return {"too_deep", "JSON is nested too deep: at most " + std::to_string(limits.depth) + " levels are read", {}};
  return {"malformed_json", "malformed JSON at byte " + std::to_string(at) + ": " + error.message(), {}};
}

struct member {
  const json_node* key;
  const json_node* value;
};

std::vector<member> sorted_members(const json_node& object) {
  std::vector<member> members;
  for (auto* key = object.first(); key != object.end(); key = key->next()->next())
    members.push_back({key, key->next()});
  std::stable_sort(members.begin(), members.end(),
                   [](const member& a, const member& b) { return a.key->text < b.key->text; });
  return members;
}

void append_object(std::string& out, const json_node& object, bool sorted) {
  const char* comma = "{";
  const auto append_member = [&](const json_node& key, const json_node& value) {
    out += comma, comma = ",";
    append_json_string(out, key.text);
    out += ':';
    append_json(out, value, sorted);
  };
  if (object.span == 1)
    out += '{';
  else if (sorted)
    for (const member& each : sorted_members(object)) append_member(*each.key, *each.value);
  else
    for (auto* key = object.first(); key != object.end(); key = key->next()->next()) append_member(*key, *key->next());
  out += '}';
}

void append_array(std::string& out, const json_node& array, bool sorted) {
  out += '[';
  for (auto* element = array.first(); element != array.end(); element = element->next()) {
    if (element != array.first()) out += ',';
    append_json(out, *element, sorted);
  }
  out += ']';
}

std::optional<std::string> duplicate_in_object(const json_node& object) {
  const auto members = sorted_members(object);
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0 && members[i - 1].key->text == members[i].key->text) return pointer_step(members[i].key->text);
    if (auto inside = duplicate_key(*members[i].value)) return pointer_step(members[i].key->text) + *inside;
  }
  return std::nullopt;
}

std::optional<std::string> duplicate_in_array(const json_node& array) {
  std::size_t index = 0;
  for (auto* element = array.first(); element != array.end(); element = element->next(), ++index)
    if (auto inside = duplicate_key(*element)) return '/' + std::to_string(index) + *inside;
  return std::nullopt;
}

} // namespace

std::string_view to_string(json_kind kind) {
  switch (kind) {
  case json_kind::null:
    return "null";
  case json_kind::boolean:
    return "a boolean";
  case json_kind::number:
    return "a number";
  case json_kind::string:
    return "a string";
  case json_kind::array:
    return "an array";
  case json_kind::object:
    return "an object";
  }
  return "nothing";
}

std::optional<json_problem> json_document::read(std::string_view text, const json_limits& limits) {
  if (text.size() > limits.bytes)
    return json_problem{"too_large",
                        "JSON of at most " + std::to_string(limits.bytes) + " bytes is read; found " +
                            std::to_string(text.size()),
                        {}};
  nodes_.clear();
  nodes_.reserve(48); // Most commands and events have fewer; a vector that grows would leave its old room unused.
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<node_maker> parser{options, nodes_, memory_, text};
  json::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (error) return describe(error, text, used, limits);
  return std::nullopt;
}

void append_json(std::string& out, const json_node& value, bool sorted) {
  switch (value.kind) {
  case json_kind::null:
    out += "null";
    break;
  case json_kind::boolean:
    out += value.truth ? "true" : "false";
    break;
  case json_kind::number:
    out += value.text;
    break;
  case json_kind::string:
    append_json_string(out, value.text);
    break;
  case json_kind::array:
    append_array(out, value, sorted);
    break;
  case json_kind::object:
    append_object(out, value, sorted);
    break;
  }
}

std::optional<std::string> duplicate_key(const json_node& value) {
  if (value.kind == json_kind::object) return duplicate_in_object(value);
  if (value.kind == json_kind::array) return duplicate_in_array(value);
  return std::nullopt;
}

std::string pointer_step(std::string_view key) {
  std::string step = "/";
  for (char c : key) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

} // namespace stele
