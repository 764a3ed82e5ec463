#include "actors/scheduler.hpp"

#include <caf/detail/set_thread_name.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

namespace stele {

/// One thread's loop. What an actor wakes goes to the end of the common queue.
class scheduler::worker final : public caf::execution_unit {
public:
  explicit worker(scheduler& of) : execution_unit(&of.system()), of_(of) {}

  void exec_later(caf::resumable* job) override { of_.enqueue(job); }

  void run() {
    for (jobs mine;;) {
      if (mine.empty()) of_.take(mine);
      caf::resumable* job = mine.front();
      mine.pop_front();
      if (job == nullptr) return of_.give_back(std::move(mine));
      switch (job->resume(this, of_.max_throughput())) {
      case caf::resumable::resume_later:
        of_.enqueue(job); // Keeps its reference.
        break;
      default:
        intrusive_ptr_release(job);
      }
    }
  }

private:
  scheduler& of_;
};

void scheduler::start() {
  const auto named = [this](const char* name, auto run) {
    return std::thread([this, name, run] {
      caf::detail::set_thread_name(name);
      system().thread_started();
      run();
      system().thread_terminates();
    });
  };
  for (std::size_t i = 0; i < num_workers(); ++i)
    threads_.push_back(named("stele.actors", [this] { worker(*this).run(); }));
  timer_ = named("stele.clock", [this] { clock_.run_dispatch_loop(); });
  abstract_coordinator::start();
}

void scheduler::stop() {
  for (std::size_t i = 0; i < threads_.size(); ++i) enqueue(nullptr);
  stop_actors();
  for (std::thread& it : threads_) it.join();
  drop_rest();
  clock_.cancel_dispatch_loop();
  timer_.join();
}

void scheduler::enqueue(caf::resumable* job) {
  const std::lock_guard lock(guard_);
  ready_.push_back(job);
  if (sleepers_ != 0) filled_.notify_one();
}

/// One job, that the others may share; all of them where there is nobody else.
void scheduler::take(jobs& into) {
  std::unique_lock lock(guard_);
  ++sleepers_;
  filled_.wait(lock, [this] { return !ready_.empty(); });
  --sleepers_;
  if (num_workers() == 1) return into.swap(ready_);
  into.push_back(ready_.front());
  ready_.pop_front();
}

/// From a thread that ends.
void scheduler::give_back(jobs from) {
  const std::lock_guard lock(guard_);
  ready_.insert(ready_.begin(), from.begin(), from.end());
}

void scheduler::drop_rest() {
  for (jobs rest = std::exchange(ready_, {}); !rest.empty(); rest = std::exchange(ready_, {}))
    for (caf::resumable* job : rest) cleanup_and_release(job);
}

} // namespace stele
