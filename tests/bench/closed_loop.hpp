// Callers who each have one piece of work under way and begin the next when it has ended.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace bench {

using steady = std::chrono::steady_clock;

inline double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

template <class Number>
double percentile(std::vector<Number> values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

/// What was done while it was measured.
struct tally {
  double per_second = 0, p50_ms = 0, p99_ms = 0;
  std::size_t wrong = 0; ///< In all, warming up included.
};

/// The callers, for one run.
class closed_loop {
  struct caller;

public:
  /// How a piece of work tells its end. Small and copied freely.
  class ticket {
  public:
    ticket(closed_loop* loop, caller* who) : loop_(loop), who_(who) {}
    void begin_here() const; ///< Its time counts from now, not from its beginning.
    void done(bool right = true) const;
    void done_uncounted(bool right) const; ///< Work beside that which is measured.

  private:
    closed_loop* loop_;
    caller* who_;
  };

  /// Begins the `nth` piece of work of a caller; the ticket's `done` is called once, from any thread.
  using work = std::function<void(std::size_t caller, std::size_t nth, ticket)>;

  closed_loop(std::size_t callers, work begin) : begin_(std::move(begin)), running_(callers) {
    for (std::size_t i = 0; i < callers; ++i) callers_.push_back(std::make_unique<caller>(i));
  }

  /// Runs for `warm` seconds, then measures for `seconds`, then waits until all work has ended.
  template <class Begun, class Ended>
  tally run(double warm, double seconds, Begun measuring, Ended measured) {
    std::thread first([this] { start(0); }), second([this] { start(1); });
    auto ended = all_ended_->get_future();
    ended.wait_for(std::chrono::duration<double>(warm));
    measuring();
    const auto begin = steady::now();
    phase_ = phase::measuring;
    ended.wait_for(std::chrono::duration<double>(seconds));
    phase_ = phase::ending;
    const double took = seconds_since(begin);
    measured();
    ended.wait();
    first.join();
    second.join();
    return count(took);
  }

  tally run(double warm, double seconds) {
    return run(
        warm, seconds, [] {}, [] {});
  }

private:
  enum class phase { warming, measuring, ending };
  enum class hand { starting, under_way, ended };

  struct caller {
    explicit caller(std::size_t it) : number(it) {}
    const std::size_t number;
    std::size_t nth = 0, wrong = 0;
    steady::time_point begun;
    std::vector<float> took_ms;
    std::atomic<hand> at{hand::starting}; ///< Work that ends before its call returns is no reason to nest calls.
  };

  void start(std::size_t half) {
    for (std::size_t i = half; i < callers_.size(); i += 2) go(*callers_[i]);
  }

  void go(caller& who) {
    do {
      if (phase_ == phase::ending) return leave();
      who.at = hand::starting;
      who.begun = steady::now();
      begin_(who.number, who.nth++, {this, &who});
    } while (who.at.exchange(hand::under_way) == hand::ended);
  }

  void end(caller& who, bool right, bool counted) {
    if (!right) ++who.wrong;
    if (counted && phase_ == phase::measuring)
      who.took_ms.push_back(std::chrono::duration<float, std::milli>(steady::now() - who.begun).count());
    if (who.at.exchange(hand::ended) == hand::under_way) go(who);
  }

  void leave() {
    if (running_.fetch_sub(1) != 1) return;
    const auto all_ended = all_ended_; // Once it is set, this object may be gone.
    all_ended->set_value();
  }

  tally count(double took) const {
    tally it;
    std::vector<float> all;
    for (const auto& who : callers_) {
      all.insert(all.end(), who->took_ms.begin(), who->took_ms.end());
      it.wrong += who->wrong;
    }
    it.per_second = static_cast<double>(all.size()) / took;
    it.p50_ms = percentile(all, 0.5);
    it.p99_ms = percentile(std::move(all), 0.99);
    return it;
  }

  const work begin_;
  std::vector<std::unique_ptr<caller>> callers_;
  std::atomic<phase> phase_{phase::warming};
  std::atomic<std::size_t> running_;
  std::shared_ptr<std::promise<void>> all_ended_ = std::make_shared<std::promise<void>>();
};

inline void closed_loop::ticket::begin_here() const { who_->begun = steady::now(); }
inline void closed_loop::ticket::done(bool right) const { loop_->end(*who_, right, true); }
inline void closed_loop::ticket::done_uncounted(bool right) const { loop_->end(*who_, right, false); }

} // namespace bench
