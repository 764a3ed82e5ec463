// Actors, time and chance in one thread, from one seed: the same seed gives the same run.
#pragma once

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "tests/kit/chronicle.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/local_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <set>
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

/// The clocks of one machine among others: its wall clock is wrong, its steady clock runs a little too fast or too
/// slow.
class skewed_clock final : public clock {
public:
  skewed_clock(const clock& exact, std::int64_t offset_ms, std::int64_t faster_percent)
      : exact_(exact), offset_ms_(offset_ms), faster_percent_(faster_percent) {}

  unix_ms now() const override { return exact_.now() + offset_ms_; }
  std::int64_t steady_us() const override { return exact_.steady_us() / 100 * (100 + faster_percent_); }

private:
  const clock& exact_;
  const std::int64_t offset_ms_, faster_percent_;
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

  /// Actors that are made from now on belong to this process, as do those that they make.
  void enter_process(std::size_t number) {
    note_new_actors();
    process_ = number;
  }
  std::set<std::size_t> stopped; ///< Processes whose actors do nothing: their mail waits.

  /// One message of one actor, or one task, chosen at random. False when there is nothing to do.
  bool step() {
    auto& jobs = scheduler().jobs;
    const std::size_t ready = move_stopped_back();
    const std::size_t choices = ready + tasks_.size();
    if (choices == 0) return false;
    const std::size_t chosen = below(choices);
    record.note({choices, chosen});
    if (chosen >= ready) {
      run_task(chosen - ready);
      return true;
    }
    std::swap(jobs[0], jobs[chosen]); // An actor with more mail goes back to the front: hence chosen anew each time.
    const auto* actor = dynamic_cast<const caf::local_actor*>(jobs[0]);
    if (actor != nullptr) {
      record.note({actor->id()});
      enter_process(process_of(*actor));
    }
    const bool ran = scheduler().try_run_once();
    enter_process(0);
    return ran;
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

  void note_new_actors() { process_of_actor_.resize(system_.latest_actor_id() + 1, process_); }

  std::size_t process_of(const caf::local_actor& it) const {
    return it.id() < process_of_actor_.size() ? process_of_actor_[it.id()] : 0;
  }

  /// Answers how many of the jobs, the first ones, may run.
  std::size_t move_stopped_back() {
    auto& jobs = scheduler().jobs;
    if (stopped.empty()) return jobs.size();
    const auto may_run = [this](caf::resumable* it) {
      const auto* actor = dynamic_cast<const caf::local_actor*>(it);
      return actor == nullptr || stopped.count(process_of(*actor)) == 0;
    };
    return static_cast<std::size_t>(std::stable_partition(jobs.begin(), jobs.end(), may_run) - jobs.begin());
  }

  void run_task(std::size_t index) {
    const auto task = std::exchange(tasks_[index], std::move(tasks_.back()));
    tasks_.pop_back();
    task();
  }

  std::mt19937_64 chance_;
  std::vector<std::function<void()>> tasks_;
  std::vector<std::size_t> process_of_actor_; ///< By actor id; 0: of none.
  std::size_t process_ = 0;
  config config_;
  caf::actor_system system_;
};

} // namespace stele::kit
