// How often each name may connect.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace stele::gateway {

/// So many a minute for each name, and so many at once after a minute of silence. Every new node id costs memory that
/// CAF never gives back, so even who is let in may not come again and again. Holds each name it was asked about.
class connect_budget {
public:
  explicit connect_budget(std::size_t per_minute) : per_minute_(static_cast<double>(per_minute)) {}

  /// False: not now. `now_ms` never falls.
  bool take(const std::string& name, std::int64_t now_ms) {
    auto& it = left_.try_emplace(name, account{per_minute_, now_ms}).first->second;
    const auto minutes = static_cast<double>(now_ms - it.at_ms) / 60'000;
    it = {std::min(per_minute_, it.left + minutes * per_minute_), now_ms};
    if (it.left < 1) return false;
    it.left -= 1;
    return true;
  }

private:
  struct account {
    double left;
    std::int64_t at_ms;
  };

  const double per_minute_;
  std::map<std::string, account> left_;
};

} // namespace stele::gateway
