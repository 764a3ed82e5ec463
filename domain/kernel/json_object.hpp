// A JSON object of any shape, carried through the domain as it is.
#pragma once

#include <string>
#include <utility>

namespace stele {

/// A field whose inside is the caller's business, as a shipping address. Held as its JSON text without white space,
/// members in the order they came.
class json_object {
public:
  constexpr json_object() = default;

  /// `text` must be a JSON object; what comes from outside has been read by the codec before.
  static constexpr json_object from_json(std::string text) { return json_object{std::move(text)}; }
  constexpr const std::string& json() const { return text_; }

  friend constexpr bool operator==(const json_object&, const json_object&) = default;

private:
  constexpr explicit json_object(std::string text) : text_(std::move(text)) {}
  std::string text_ = "{}";
};

} // namespace stele
