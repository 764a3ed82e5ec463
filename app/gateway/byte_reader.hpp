// Reads the fields of a frame, one after the other, and stops at the first that is wrong.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stele {

/// Reads fields in order. After the first bad field all others read as zero or empty, and `fault` says what was wrong.
/// Never reads beyond the end, never allocates more than there is.
class byte_reader {
public:
  explicit byte_reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  /// A big-endian number of as many bytes as `Number` has.
  template <class Number>
  Number number(std::string_view field) {
    if (!need(sizeof(Number), field)) return 0;
    std::uint64_t it = 0;
    for (const auto byte : take(sizeof(Number))) it = it << 8 | byte;
    return static_cast<Number>(it);
  }

  bool truth(std::string_view field) {
    const auto it = number<std::uint8_t>(field);
    if (it > 1) fail(field, "is " + std::to_string(it) + ", wanted 0 or 1");
    return it == 1;
  }

  /// The length of a text or a list.
  std::uint32_t length(std::string_view field, std::size_t length_max) {
    const auto it = number<std::uint32_t>(field);
    if (it <= length_max) return fault_.empty() ? it : 0;
    fail(field, "has length " + std::to_string(it) + ", allowed are " + std::to_string(length_max));
    return 0;
  }

  std::string text(std::string_view field, std::size_t length_max) {
    const auto size = length(field, length_max);
    if (!need(size, field)) return {};
    const auto bytes = take(size);
    return {bytes.begin(), bytes.end()};
  }

  void raw(std::span<std::uint8_t> to, std::string_view field) {
    if (!need(to.size(), field)) return;
    const auto bytes = take(to.size());
    std::copy(bytes.begin(), bytes.end(), to.begin());
  }

  /// Nothing may follow.
  void end() {
    if (!rest_.empty()) fail("the frame", "has " + std::to_string(rest_.size()) + " bytes after its last field");
  }

  std::size_t left() const { return rest_.size(); }
  const std::string& fault() const { return fault_; } ///< Empty: none.

  void fail(std::string_view field, std::string_view why) {
    if (fault_.empty()) fault_.append(field).append(" ").append(why);
    rest_ = {};
  }

private:
  bool need(std::size_t count, std::string_view field) {
    if (rest_.size() < count)
      fail(field, "needs " + std::to_string(count) + " bytes, the frame has " + std::to_string(rest_.size()) + " left");
    return fault_.empty();
  }

  std::span<const std::uint8_t> take(std::size_t count) {
    const auto it = rest_.first(count);
    rest_ = rest_.subspan(count);
    return it;
  }

  std::span<const std::uint8_t> rest_;
  std::string fault_;
};

} // namespace stele
