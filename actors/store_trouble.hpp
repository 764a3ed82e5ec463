// Failures of the store, one after the other, until it does again what it is asked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace stele {

/// Growing pauses between tries, and the words of the last failure for whoever asks why nothing moves. Belongs to one
/// actor.
class store_trouble {
public:
  explicit store_trouble(std::int64_t first_pause_ms) : first_pause_ms_(first_pause_ms) {}

  /// Counts a failure, and answers how many ms to wait before the next try.
  std::int64_t failed(std::string why) {
    constexpr std::int64_t pause_max_ms = 2000;
    constexpr std::uint32_t doublings_max = 10;
    why_ = std::move(why);
    return std::min(first_pause_ms_ << std::min(failures_++, doublings_max), pause_max_ms);
  }

  /// The same of something that was only not where it was expected: the first time it is worth a try at once.
  std::int64_t stood_elsewhere(std::string why) {
    const bool is_first = failures_ == 0;
    const std::int64_t pause_ms = failed(std::move(why));
    return is_first ? 0 : pause_ms;
  }

  void over() {
    failures_ = 0;
    why_.clear();
  }

  const std::string& why() const { return why_; } ///< Empty: there is none.

private:
  std::int64_t first_pause_ms_;
  std::uint32_t failures_ = 0;
  std::string why_;
};

} // namespace stele
