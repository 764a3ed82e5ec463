// The thread that keeps an open loop's schedule.
#pragma once

#include "app/load/load_actor.hpp"
#include "app/load/schedule.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace stele::load {

/// Whom a schedule goes to.
struct pacer_settings {
  std::vector<caf::actor> clients;
  caf::actor hot;       ///< The client of the hot order; null: there is none.
  double hot_share = 0; ///< 0 to 1.
  std::uint64_t seed = 1;
};

/// Tells a client of each operation when it is due. Order r of `orders` is of client r modulo their number. When too
/// much is in flight it waits, and what became due meanwhile goes out late: its latency counts from when it was due.
class pacer {
public:
  pacer(load_desk& desk, pacer_settings settings, const zipf& orders, schedule times);
  ~pacer(); ///< Stops.
  pacer(const pacer&) = delete;
  pacer& operator=(const pacer&) = delete;

  void stop(); ///< Nothing is sent any more.

  std::uint64_t sent() const { return sent_; }
  double behind_ms() const; ///< How late the next operation is; 0: it is not due.

private:
  void run();
  bool wait_until(std::int64_t time_ns);
  void tell(std::int64_t intended_ns);

  load_desk& desk_;
  const pacer_settings settings_;
  const zipf& orders_;
  const schedule times_;
  random_words random_;
  std::atomic<std::uint64_t> sent_{0};
  std::mutex mutex_;
  std::condition_variable stopped_by_;
  bool stopped_ = false;
  std::thread thread_;
};

} // namespace stele::load
