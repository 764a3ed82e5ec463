// A JSON text, read once into a flat list of nodes that point into it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele {

/// What a JSON text may be at most.
struct json_limits {
  std::size_t depth = 64;        ///< Arrays and objects in each other.
  std::size_t bytes = 64u << 20; ///< A backstop: doors have their own, smaller limit.
};

/// Why something can't be read: a word, a sentence, and the JSON pointer of the place.
struct json_problem {
  std::string code;
  std::string message;
  std::string pointer;
};

enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

/// `a string`, `an object` …: for messages.
std::string_view to_string(json_kind kind);

/// One value. Its elements, or its members as key, value, key, value, stand behind it in the same list.
struct json_node {
  json_kind kind = json_kind::null;
  bool truth = false;     ///< Of a boolean.
  std::uint32_t span = 1; ///< Nodes of this value: itself and all inside.
  std::string_view text;  ///< Of a string, unescaped; of a number, as it was written.

  const json_node* first() const { return this + 1; }
  const json_node* next() const { return this + span; }
  const json_node* end() const { return this + span; } ///< Behind the last inside.
};

/// Reads a text; its nodes live as long as this and the text. Small texts need no memory of the heap.
class json_document {
public:
  json_document() = default;
  json_document(const json_document&) = delete;
  json_document& operator=(const json_document&) = delete;

  /// Nothing when all of `text` is one JSON value, in UTF-8 and within the limits. Numbers keep their text, since no
  /// reader of doubles can tell 1.001 from a price.
  std::optional<json_problem> read(std::string_view text, const json_limits& limits = {});

  const json_node& root() const { return nodes_.front(); }

private:
  std::array<std::byte, 4096> buffer_;
  std::pmr::monotonic_buffer_resource memory_{buffer_.data(), buffer_.size()};
  std::pmr::vector<json_node> nodes_{&memory_};
};

/// The value as JSON without white space. `sorted`: the members of objects by their keys, bytewise, so that equal
/// values give equal text.
void append_json(std::string& out, const json_node& value, bool sorted);

/// The pointer of the first member whose key stood in its object before; nothing when all keys are different.
std::optional<std::string> duplicate_key(const json_node& value);

/// `key` as a step of a JSON pointer: `/key`, with `~` and `/` escaped.
std::string pointer_step(std::string_view key);

} // namespace stele
