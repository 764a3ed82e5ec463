// Lets an owner wait until nobody uses what it is about to take away.
#pragma once

#include <future>
#include <memory>
#include <utility>

namespace stele {

/// Held by everyone who still works; when the last holder lets go, `attendance::wait` returns.
class presence {
public:
  explicit presence(std::promise<void> gone) : gone_(std::move(gone)) {}
  ~presence() { gone_.set_value(); }
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

private:
  std::promise<void> gone_;
};

/// The owner's end. Any thread may take a share with `enter`; `wait` is called once, by the owner, from no actor.
class attendance {
public:
  attendance() {
    std::promise<void> promise;
    gone_ = promise.get_future();
    self_ = std::make_shared<presence>(std::move(promise));
  }

  std::shared_ptr<presence> enter() const { return self_; }

  void wait() {
    self_.reset();
    gone_.wait();
  }

private:
  std::future<void> gone_;
  std::shared_ptr<presence> self_;
};

} // namespace stele
