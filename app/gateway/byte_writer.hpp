// Writes the fields of a frame, one after the other.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace stele {

/// What `byte_reader` reads.
class byte_writer {
public:
  template <class Number>
  byte_writer& number(Number it) {
    for (int shift = 8 * (static_cast<int>(sizeof(Number)) - 1); shift >= 0; shift -= 8)
      bytes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(it) >> shift));
    return *this;
  }

  byte_writer& truth(bool it) { return number<std::uint8_t>(it ? 1 : 0); }
  byte_writer& length(std::size_t it) { return number(static_cast<std::uint32_t>(it)); }

  byte_writer& text(std::string_view it) {
    length(it.size());
    bytes_.insert(bytes_.end(), it.begin(), it.end());
    return *this;
  }

  byte_writer& raw(std::span<const std::uint8_t> it) {
    bytes_.insert(bytes_.end(), it.begin(), it.end());
    return *this;
  }

  std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
  std::vector<std::uint8_t> bytes_;
};

} // namespace stele
