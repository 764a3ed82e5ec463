// Takes JSON apart without changing how its values are written: `20.00` stays `20.00`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele::admin {

/// A member of an object: its name, and its value as it stands in the text.
using raw_member = std::pair<std::string, std::string_view>;

/// Members of an object, in order. The text is known to be well-formed JSON; of anything but an object: none.
std::vector<raw_member> raw_members(std::string_view object);

/// Items of an array, in order. Of anything but an array: none.
std::vector<std::string_view> raw_items(std::string_view array);

/// The value of a member; nothing when there is none of that name.
std::optional<std::string_view> raw_value(std::string_view object, std::string_view name);

/// A value as people read it: text without quotes, null as `-`, the rest as it is.
std::string plain(std::string_view value);

/// The plain value of a member; empty when there is none.
std::string plain_value(std::string_view object, std::string_view name);

/// `"a text"` with what JSON asks to be escaped.
std::string json_text(std::string_view text);

} // namespace stele::admin
