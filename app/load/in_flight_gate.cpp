#include "app/load/in_flight_gate.hpp"

#include <chrono>

namespace stele::load {

bool in_flight_gate::enter() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.wait(lock, [this] { return closed_ || inside_ < max_; });
  --waiting_;
  if (closed_) return false;
  ++inside_;
  return true;
}

bool in_flight_gate::enter_within(std::int64_t limit_ms) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  const bool place =
      changed_.wait_for(lock, std::chrono::milliseconds(limit_ms), [this] { return closed_ || inside_ < max_; });
  --waiting_;
  if (!place || closed_) return false;
  ++inside_;
  return true;
}

void in_flight_gate::leave() {
  const std::lock_guard lock(mutex_);
  --inside_;
  if (waiting_ > 0) changed_.notify_all();
}

void in_flight_gate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void in_flight_gate::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
}

bool in_flight_gate::wait_until_empty(std::int64_t limit_ms) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  const bool empty = changed_.wait_for(lock, std::chrono::milliseconds(limit_ms), [this] { return inside_ == 0; });
  --waiting_;
  return empty;
}

std::size_t in_flight_gate::inside() const {
  const std::lock_guard lock(mutex_);
  return inside_;
}

} // namespace stele::load
