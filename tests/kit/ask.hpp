// Turns a question with a `reply_to` into a value: tests wait where the product never does.
#pragma once

#include "persistence/store_error.hpp"

#include <future>
#include <memory>

namespace stele::kit {

/// Calls `question(reply)` and waits for the reply.
template <class T, class Question>
stored<T> ask(Question question) {
  auto promise = std::make_shared<std::promise<stored<T>>>();
  auto future = promise->get_future();
  question(reply_to<T>([promise](stored<T> answer) { promise->set_value(std::move(answer)); }));
  return future.get();
}

/// A question that was asked and may be answered later.
template <class T>
class pending {
public:
  reply_to<T> reply() {
    return [promise = promise_](stored<T> answer) { promise->set_value(std::move(answer)); };
  }
  stored<T> get() { return future_.get(); }

private:
  std::shared_ptr<std::promise<stored<T>>> promise_ = std::make_shared<std::promise<stored<T>>>();
  std::future<stored<T>> future_ = promise_->get_future();
};

} // namespace stele::kit
