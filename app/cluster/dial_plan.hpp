// When a peer is dialed again, and when it counts as gone.
#pragma once

#include <cstdint>

namespace stele::cluster {

/// Knows no clock. Two tries in a row that are refused, 50 ms apart, show that the peer's process is not there.
class dial_plan {
public:
  static constexpr std::int64_t sure_pause_ms = 50;
  static constexpr std::int64_t useful_ms = 1000; ///< A connection that lasted less is dialed again after a pause.
  static constexpr std::int64_t pause_ms_min = 20, pause_ms_max = 2000;

  void look_anew() { refused_in_row_ = 0; }

  /// A connection was lost after so long. False: it never was of use, and counts as a try that failed.
  bool held(std::int64_t ms) {
    refused_in_row_ = 0;
    if (ms >= useful_ms) failures_ = 0;
    return ms >= useful_ms;
  }

  /// A try failed. True: the peer is gone, and this is when it was found out.
  bool failed(bool refused) {
    ++failures_;
    refused_in_row_ = refused ? refused_in_row_ + 1 : 0;
    return refused_in_row_ == 2;
  }

  /// Until the next try.
  std::int64_t pause_ms(std::uint64_t random) const;

private:
  std::uint32_t failures_ = 0, refused_in_row_ = 0;
};

} // namespace stele::cluster
