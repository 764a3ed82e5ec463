// Puts questions that wait together into one query.
#pragma once

#include "persistence/postgres/workers.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace stele::postgres {

/// While one query runs, what is asked meanwhile waits and goes into the next one: no timer, and one query at a time.
/// `Ask` answers a `std::vector<Question>&`, in order; questions are `{…; reply_to<Answer> reply;}`.
template <class Question, class Answer>
class gather {
public:
  using ask_many = std::function<std::vector<stored<Answer>>(connection&, const std::vector<Question>&)>;

  gather(workers& by, std::size_t most, ask_many ask) : by_(by), most_(most), ask_(std::move(ask)) {}

  void add(Question it) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(it));
      if (std::exchange(running_, true)) return;
    }
    start();
  }

private:
  void start() {
    const bool open = by_.push(urgency::quick, [this](connection* db, const store_error* why) { run(db, why); });
    if (open) return;
    const store_error closed{store_fault::unavailable, "the store is closed"};
    while (run_next(nullptr, &closed)) {}
  }

  void run(connection* db, const store_error* why) {
    if (run_next(db, why)) start(); // Behind what others asked meanwhile.
  }

  /// True when more is waiting.
  bool run_next(connection* db, const store_error* why) {
    std::vector<Question> now;
    {
      std::lock_guard lock(mutex_);
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most_, waiting_.size()));
      now.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
      waiting_.erase(waiting_.begin(), end);
    }
    answer(now, db, why);
    std::lock_guard lock(mutex_);
    running_ = !waiting_.empty();
    return running_;
  }

  void answer(std::vector<Question>& now, connection* db, const store_error* why) {
    std::optional<store_error> failed;
    std::vector<stored<Answer>> answers;
    if (!db) {
      failed = *why;
    } else {
      try {
        answers = ask_(*db, now);
      } catch (const failure& it) { failed = it.as_read(); }
    }
    for (std::size_t i = 0; i < now.size(); ++i)
      if (failed)
        now[i].reply(*failed);
      else
        now[i].reply(std::move(answers[i]));
  }

  workers& by_;
  const std::size_t most_;
  const ask_many ask_;
  std::mutex mutex_;
  std::deque<Question> waiting_;
  bool running_ = false;
};

} // namespace stele::postgres
