// Ends a process that takes too long to end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <unistd.h>

namespace stele {

/// While it lives, the clock runs: when `limit_ms` have passed before it is destroyed, the process says `why` and ends
/// with `exit_code`. For the way down only, where every answer given is on disk already.
class time_limit {
public:
  time_limit(std::int64_t limit_ms, int exit_code, std::string why)
      : exit_code_(exit_code), why_(std::move(why)), watch_([this, limit_ms] { watch(limit_ms); }) {}

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
    std::fprintf(stderr, "gave up after %lld ms: %s\n", static_cast<long long>(limit_ms), why_.c_str());
    ::_exit(exit_code_);
  }

  const int exit_code_;
  const std::string why_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread watch_;
};

} // namespace stele
