// Ends a process that takes too long to end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace stele {

/// While it lives, the clock runs: when `limit_ms` have passed before it is destroyed, the process says so and ends
/// with exit code 1. For the way down only, where every answer given is on disk already.
class time_limit {
public:
  explicit time_limit(std::int64_t limit_ms) : watch_([this, limit_ms] { watch(limit_ms); }) {}

  ~time_limit() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_one();
    watch_.join();
  }

  time_limit(const time_limit&) = delete;
  time_limit& operator=(const time_limit&) = delete;

private:
  void watch(std::int64_t limit_ms) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::milliseconds(limit_ms), [this] { return over_; })) return;
    std::fprintf(stderr,
                 "gave up after %lld ms: not everything that was accepted was finished; what was answered is on disk "
                 "(node.drain-ms-max allows more)\n",
                 static_cast<long long>(limit_ms));
    ::_exit(1);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread watch_;
};

} // namespace stele
