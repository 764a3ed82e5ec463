#include "persistence/postgres/workers.hpp"

#include <algorithm>

namespace stele::postgres {

namespace {

using namespace std::chrono;

constexpr auto pause_min = milliseconds(20);

} // namespace

workers::workers(connection_settings where, std::uint32_t threads) : where_(std::move(where)), size_(threads) {
  for (std::uint32_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

workers::~workers() { close(); }

void workers::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_came_.notify_all();
  for (std::thread& it : threads_)
    if (it.joinable()) it.join();
}

bool workers::push(urgency how, job it) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    (how == urgency::quick ? quick_ : lengthy_).push_back(std::move(it));
  }
  work_came_.notify_one();
  return true;
}

bool workers::lengthy_may_start() const { return !lengthy_.empty() && (size_ == 1 || running_lengthy_ + 1 < size_); }

bool workers::take(job& into, bool& lengthy) {
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

void workers::connect(thread_state& state, const connection_settings& where) {
  if (state.db && state.db->still_there()) return;
  state.db.reset();
  if (steady_clock::now() < state.not_before && state.made_before == *where.made) return;
  state.made_before = *where.made;
  try {
    state.db.emplace(where);
    state.pause = milliseconds(0);
    ++*where.made;
  } catch (const failure& it) {
    state.why = {store_fault::unavailable, it.what()};
    state.pause = std::clamp(state.pause * 2, pause_min, std::max(pause_min, where.pause_max));
    auto jitter = std::uniform_int_distribution<std::int64_t>(state.pause.count() / 2, state.pause.count());
    state.not_before = steady_clock::now() + milliseconds(jitter(state.chance));
  }
}

void workers::run() {
  thread_state state;
  job next;
  for (bool lengthy = false; take(next, lengthy); next = nullptr) {
    connect(state, where_);
    if (state.db)
      next(&*state.db, nullptr);
    else
      next(nullptr, &state.why);
  }
}

} // namespace stele::postgres
