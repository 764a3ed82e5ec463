// When each operation of an open loop is to be sent, whatever became of those before.
#pragma once

#include <cstdint>

namespace stele::load {

/// Operation i is due at begin + i / rate. Nanoseconds of the steady clock.
class schedule {
public:
  schedule(std::int64_t begin_ns, double rate) : begin_ns_(begin_ns), gap_ns_(1e9 / rate) {}

  std::int64_t due(std::uint64_t operation) const {
    return begin_ns_ + static_cast<std::int64_t>(gap_ns_ * static_cast<double>(operation));
  }

  /// How many are due at a time: those whose time is not after it.
  std::uint64_t due_by(std::int64_t time_ns) const {
    if (time_ns < begin_ns_) return 0;
    auto count = static_cast<std::uint64_t>(static_cast<double>(time_ns - begin_ns_) / gap_ns_);
    while (due(count) <= time_ns) ++count;                 // The division may have been rounded down,
    while (count > 0 && due(count - 1) > time_ns) --count; // or up.
    return count;
  }

private:
  std::int64_t begin_ns_;
  double gap_ns_;
};

} // namespace stele::load
