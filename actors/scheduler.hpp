// Runs actors: a few threads that share one queue. CAF's own "sharing" scheduler without what it does for a log that
// is compiled out: for each run of an actor a dynamic_cast, two look-ups of the thread's name, and a list node.
#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace stele {

/// Settings are CAF's: `scheduler.max-threads`, `scheduler.max-throughput`. Jobs run in the order they became ready.
class scheduler final : public caf::scheduler::abstract_coordinator {
public:
  explicit scheduler(caf::actor_system& system) : abstract_coordinator(system) {}

  /// Named by CAF, for `actor_system_config::load`.
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new scheduler(system);
  }

  void start() override;
  void stop() override; ///< What is ready by then is run; what it wakes is dropped.
  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }

private:
  using jobs = std::deque<caf::resumable*>; ///< Null: one thread ends.

  class worker;
  void take(jobs& into);
  void give_back(jobs from);
  void drop_rest();

  caf::detail::thread_safe_actor_clock clock_;
  std::mutex guard_;
  std::condition_variable filled_;
  jobs ready_;
  std::size_t sleepers_ = 0;
  std::vector<std::thread> threads_;
  std::thread timer_;
};

/// Makes systems of this configuration run their actors so.
inline void use_own_scheduler(caf::actor_system_config& config, std::size_t threads, std::size_t messages_max = 300) {
  config.load<scheduler>();
  config.set("scheduler.max-threads", threads);
  config.set("scheduler.max-throughput", messages_max);
}

} // namespace stele
