// The set of states met so far, each kept as a fingerprint of 128 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace model {

struct fingerprint {
  std::uint64_t one = 0, two = 0;
  bool empty() const { return (one | two) == 0; }
  friend bool operator==(const fingerprint&, const fingerprint&) = default;
};

/// Two states with the same fingerprint would hide each other: with 10^8 states the odds are below 10^-22.
inline fingerprint fingerprint_of(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  fingerprint it{0x9E3779B97F4A7C15ULL, 0xC2B2AE3D27D4EB4FULL};
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
    it.one = (it.one ^ word) * 0xff51afd7ed558ccdULL;
    it.one ^= it.one >> 32;
    it.two = (it.two + word) * 0xc4ceb9fe1a85ec53ULL;
    it.two ^= it.two >> 29;
  }
  it.one = (it.one ^ it.two >> 7) * 0x9FB21C651E98DF25ULL;
  it.one ^= it.one >> 33;
  if (it.empty()) it.one = 1;
  return it;
}

/// An open hash table from fingerprints to the numbers of states.
class seen_states {
public:
  seen_states() { clear(1 << 16); }

  /// The number of `it`, which becomes `id` if it is new, and whether it was.
  std::pair<std::uint32_t, bool> put(fingerprint it, std::uint32_t id) {
    if (used_ * 10 > keys_.size() * 7) grow();
    for (std::size_t i = it.one & (keys_.size() - 1);; i = (i + 1) & (keys_.size() - 1)) {
      if (keys_[i] == it) return {ids_[i], false};
      if (!keys_[i].empty()) continue;
      keys_[i] = it;
      ids_[i] = id;
      ++used_;
      return {id, true};
    }
  }

private:
  void clear(std::size_t size) {
    keys_.assign(size, {});
    ids_.assign(size, 0);
    used_ = 0;
  }

  void grow() {
    const auto keys = std::move(keys_);
    const auto ids = std::move(ids_);
    clear(keys.size() * 2);
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (!keys[i].empty()) put(keys[i], ids[i]);
  }

  std::vector<fingerprint> keys_;
  std::vector<std::uint32_t> ids_;
  std::size_t used_ = 0;
};

} // namespace model
