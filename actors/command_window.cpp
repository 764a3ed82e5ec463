#include "actors/command_window.hpp"

#include <algorithm>
#include <charconv>

namespace stele {

namespace {

constexpr std::size_t uuid_digits = 32, number_digits = 16, record_digits = uuid_digits + 3 * number_digits;
constexpr std::string_view digits = "0123456789abcdef";

bool before(const remembered_command& one, const uuid& id) { return one.id < id; }

void append_uuid(std::string& out, const uuid& id) {
  for (std::uint8_t byte : id.bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

void append_number(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += digits[value >> shift & 15];
}

template <class Number>
bool take_number(std::string_view& in, std::size_t length, Number& value) {
  const std::string_view text = in.substr(0, length);
  in.remove_prefix(text.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc{} && end == text.data() + length;
}

bool take_uuid(std::string_view& in, uuid& id) {
  for (std::uint8_t& byte : id.bytes)
    if (!take_number(in, 2, byte)) return false;
  return true;
}

bool take_record(std::string_view& in, remembered_command& it) {
  return take_uuid(in, it.id) && take_number(in, number_digits, it.digest) &&
         take_number(in, number_digits, it.version) && take_number(in, number_digits, it.position);
}

} // namespace

std::uint64_t short_digest(const uuid& digest) {
  std::uint64_t half = 0;
  for (std::size_t i = 0; i < 8; ++i) half = half << 8 | digest.bytes[i];
  return half;
}

const remembered_command* command_window::find(const uuid& id) const {
  const auto at = std::lower_bound(kept_.begin(), kept_.end(), id, before);
  return at != kept_.end() && at->id == id ? &*at : nullptr;
}

bool command_window::may_have_forgotten(const uuid& id) const {
  return !complete_ && (kept_.empty() || id < kept_.front().id);
}

void command_window::remember(const remembered_command& it, std::size_t size_max) {
  const auto at = std::lower_bound(kept_.begin(), kept_.end(), it.id, before);
  if (at != kept_.end() && at->id == it.id) {
    *at = it;
    return;
  }
  if (kept_.size() < size_max) {
    const auto index = at - kept_.begin();
    kept_.reserve(kept_.size() + 1); // To the entry: most streams are short, and there are many.
    kept_.insert(kept_.begin() + index, it);
    return;
  }
  complete_ = false;
  if (at == kept_.begin()) return; // It is the lowest itself.
  std::move(kept_.begin() + 1, at, kept_.begin());
  *(at - 1) = it;
}

void command_window::confirm(const uuid& id, shard_position position) {
  const auto at = std::lower_bound(kept_.begin(), kept_.end(), id, before);
  if (at != kept_.end() && at->id == id) at->position = position;
}

std::string command_window::encode() const {
  std::string text(1, complete_ ? 'c' : 'p');
  text.reserve(1 + kept_.size() * record_digits);
  for (const remembered_command& it : kept_) {
    append_uuid(text, it.id);
    append_number(text, it.digest);
    append_number(text, it.version);
    append_number(text, it.position);
  }
  return text;
}

std::optional<command_window> command_window::decode(std::string_view text) {
  if (text.empty() || (text.front() != 'c' && text.front() != 'p')) return std::nullopt;
  command_window window;
  window.complete_ = text.front() == 'c';
  text.remove_prefix(1);
  if (text.size() % record_digits != 0) return std::nullopt;
  while (!text.empty()) {
    remembered_command it;
    if (!take_record(text, it)) return std::nullopt;
    if (!window.kept_.empty() && !(window.kept_.back().id < it.id)) return std::nullopt;
    window.kept_.push_back(it);
  }
  return window;
}

} // namespace stele
