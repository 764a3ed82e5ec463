#include "persistence/sqlite/readers.hpp"

#include <optional>

namespace stele::sqlite {

readers::readers(std::string file, role as, std::uint32_t threads) : file_(std::move(file)), as_(as), size_(threads) {
  for (std::uint32_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

readers::~readers() { close(); }

void readers::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_came_.notify_all();
  for (std::thread& it : threads_)
    if (it.joinable()) it.join();
}

bool readers::push(reading how, job it) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    (how == reading::quick ? quick_ : lengthy_).push_back(std::move(it));
  }
  work_came_.notify_one();
  return true;
}

bool readers::lengthy_may_start() const { return !lengthy_.empty() && (size_ == 1 || running_lengthy_ + 1 < size_); }

bool readers::take(job& into, bool& lengthy) {
  std::unique_lock lock(mutex_);
  if (lengthy) {
    --running_lengthy_;
    if (!lengthy_.empty()) work_came_.notify_one();
  }
  work_came_.wait(lock, [&] { return !quick_.empty() || lengthy_may_start() || (closed_ && lengthy_.empty()); });
  if (quick_.empty() && !lengthy_may_start()) return false;
  lengthy = quick_.empty();
  auto& from = lengthy ? lengthy_ : quick_;
  into = std::move(from.front());
  from.pop_front();
  if (lengthy) ++running_lengthy_;
  if (closed_) work_came_.notify_all(); // The last job was taken: the others may end.
  return true;
}

void readers::run() {
  std::optional<connection> db;
  job next;
  for (bool lengthy = false; take(next, lengthy); next = nullptr) {
    try {
      if (!db) db.emplace(file_, as_);
      next(&*db, nullptr);
    } catch (const failure& it) { // Only the opening throws; the next job tries again.
      const store_error why{store_fault::unavailable, it.what()};
      next(nullptr, &why);
    }
  }
}

} // namespace stele::sqlite
