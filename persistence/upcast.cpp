#include "persistence/upcast.hpp"

#include "persistence/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>

namespace stele {

namespace {

namespace json = boost::json;

json::value to_value(const json_node& node);

json::value number_value(std::string_view text) {
  if (text.find_first_of(".eE") == std::string_view::npos) {
    if (auto whole = read_integer(text)) return *whole;
    if (auto natural = read_unsigned(text)) return *natural;
  }
  // Not by Boost's own reader, which may miss the nearest double by one step.
  return read_real(text).value_or(0);
}

json::array array_value(const json_node& node) {
  json::array array;
  for (auto* element = node.first(); element != node.end(); element = element->next())
    array.push_back(to_value(*element));
  return array;
}

json::object object_value(const json_node& node) {
  json::object object;
  for (auto* key = node.first(); key != node.end(); key = key->next()->next())
    object.insert_or_assign({key->text.data(), key->text.size()}, to_value(*key->next()));
  return object;
}

json::value to_value(const json_node& node) {
  switch (node.kind) {
  case json_kind::null:
    return nullptr;
  case json_kind::boolean:
    return node.truth;
  case json_kind::number:
    return number_value(node.text);
  case json_kind::string:
    return json::string{json::string_view{node.text.data(), node.text.size()}};
  case json_kind::array:
    return array_value(node);
  case json_kind::object:
    return object_value(node);
  }
  return nullptr;
}

} // namespace

std::string upcast_body(const json_node& body, std::uint32_t from, std::uint32_t to, upcast_step step) {
  if (body.kind != json_kind::object) throw std::invalid_argument{"the body of an event is a JSON object"};
  json::object object = object_value(body);
  for (; from < to; ++from) step(object, from);
  return json::serialize(object);
}

} // namespace stele
