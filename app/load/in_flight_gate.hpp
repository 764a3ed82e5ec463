// Bounds how much is under way at a time.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace stele::load {

/// Safe from any thread.
class in_flight_gate {
public:
  explicit in_flight_gate(std::size_t max) : max_(max) {}

  /// Waits for a place; false when the gate was closed instead.
  bool enter();
  bool enter_within(std::int64_t limit_ms); ///< False also when there was no place in time.
  void leave();

  /// Who waits, or comes, is turned away, until the gate is opened again.
  void close();
  void open();

  /// True once nobody is inside; false when `limit_ms` passed before.
  bool wait_until_empty(std::int64_t limit_ms);

  std::size_t inside() const;

private:
  const std::size_t max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0, waiting_ = 0;
  bool closed_ = false;
};

} // namespace stele::load
