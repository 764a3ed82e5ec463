// Keeps actors that live a moment longer than their node away from what the node owned.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace stele {

/// An actor that is told to exit still handles the message it is at, and its owner can't wait for its end: in a
/// simulation the same thread runs both. So every handler passes this gate, and the owner closes it before it goes:
/// it waits for the handlers that are inside, and no other comes in. Safe from any thread.
class lifetime_gate {
public:
  /// False once the gate is closed; the handler then does nothing.
  class pass {
  public:
    explicit pass(lifetime_gate& gate) : lock_(gate.mutex_), open_(gate.open_) {}
    explicit operator bool() const { return open_; }

  private:
    std::shared_lock<std::shared_mutex> lock_;
    bool open_;
  };

  void close() {
    const std::unique_lock lock(mutex_);
    open_ = false;
  }

private:
  std::shared_mutex mutex_;
  bool open_ = true;
};

} // namespace stele
