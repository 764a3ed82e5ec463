// Actors, time and chance in one thread, from one seed: the same seed gives the same run.
#pragma once

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "tests/kit/chronicle.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/local_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <functional>
#include <random>
#include <utility>
#include <vector>

namespace stele::kit {

/// Time that stands still until a test moves it.
class virtual_clock final : public clock {
public:
  unix_ms now() const override { return 1'700'000'000'000 + us_ / 1000; }
  std::int64_t steady_us() const override { return us_; }
  void advance(std::chrono::milliseconds by) { us_ += by.count() * 1000; }

private:
  std::int64_t us_ = 0;
};

class seeded_random final : public random_source {
public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

private:
  std::mt19937_64 engine_;
};

/// An actor system whose every message is delivered by hand, and whatever else happens beside it.
///
/// Everything runs in the thread that made it. A test ends its actors and runs the rest before this is destroyed.
class simulation {
public:
  explicit simulation(std::uint64_t seed) : random(seed), chance_(seed ^ 0x9E3779B97F4A7C15u), system_(config_) {}
  ~simulation() { run(); }

  caf::actor_system& system() { return system_; }
  virtual_clock time;
  seeded_random random;
  chronicle record{[this] { return time.steady_us(); }};

  /// Does `what` at some later step: an answer of a store, a client's next command.
  void later(std::function<void()> what) { tasks_.push_back(std::move(what)); }

  /// One message of one actor, or one task, chosen at random. False when there is nothing to do.
  bool step() {
    auto& jobs = scheduler().jobs;
    const std::size_t choices = jobs.size() + tasks_.size();
    if (choices == 0) return false;
    const std::size_t chosen = below(choices);
    record.note({choices, chosen});
    if (chosen >= jobs.size()) {
      run_task(chosen - jobs.size());
      return true;
    }
    std::swap(jobs[0], jobs[chosen]); // An actor with more mail goes back to the front: hence chosen anew each time.
    if (const auto* actor = dynamic_cast<const caf::local_actor*>(jobs[0])) record.note({actor->id()});
    return scheduler().try_run_once();
  }

  void run() {
    while (step()) {}
  }

  /// Moves time on; what is due then happens in the next steps.
  void advance(std::chrono::milliseconds by) {
    record.note({static_cast<std::uint64_t>(by.count())});
    time.advance(by);
    scheduler().advance_time(by);
  }

  /// A number in [0, `end`), and true in one of `in` cases.
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(chance_); }
  bool one_in(std::size_t in) { return in != 0 && below(in) == 0; }

private:
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  void run_task(std::size_t index) {
    const auto task = std::exchange(tasks_[index], std::move(tasks_.back()));
    tasks_.pop_back();
    task();
  }

  std::mt19937_64 chance_;
  std::vector<std::function<void()>> tasks_;
  config config_;
  caf::actor_system system_;
};

} // namespace stele::kit
