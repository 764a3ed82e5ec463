// One who behaves, at a door where others don't: calls it all the time, and remembers how that went.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace stele::test {

/// For how long doors are fuzzed: short, unless STELE_FUZZ_SECONDS says otherwise.
inline std::chrono::seconds fuzz_time() {
  const char* const wanted = std::getenv("STELE_FUZZ_SECONDS");
  return std::chrono::seconds{wanted ? std::atoi(wanted) : 2};
}

class honest_caller {
public:
  /// `call`: one call, and why it failed; empty: it did not.
  explicit honest_caller(std::function<std::string()> call, std::size_t calls_max = std::size_t(-1))
      : call_(std::move(call)), calls_max_(calls_max), thread_([this] { run(); }) {}
  ~honest_caller() { stop(); }

  void wait() { thread_.join(); } ///< For the last of `calls_max`.

  void stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }

  /// After `wait` or `stop`. Says how fast it was.
  void expect_served(const std::string& when) {
    EXPECT_EQ(failed_, std::vector<std::string>{}) << when;
    ASSERT_FALSE(took_us_.empty()) << when;
    std::sort(took_us_.begin(), took_us_.end());
    std::cout << when << ": " << took_us_.size() << " calls, p50 " << took_us_[took_us_.size() / 2] << " us, p99 "
              << took_us_[took_us_.size() * 99 / 100] << " us\n";
  }

private:
  void run() {
    using clock = std::chrono::steady_clock;
    while (!over_ && took_us_.size() < calls_max_) {
      const auto begin = clock::now();
      if (auto why = call_(); !why.empty()) failed_.push_back(std::move(why));
      took_us_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - begin).count());
    }
  }

  std::function<std::string()> call_;
  const std::size_t calls_max_;
  std::atomic<bool> over_{false};
  std::vector<std::int64_t> took_us_;
  std::vector<std::string> failed_;
  std::thread thread_; ///< Last: it uses the others.
};

} // namespace stele::test
