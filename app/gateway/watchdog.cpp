#include "app/gateway/watchdog.hpp"

#include <sys/socket.h>

#include <chrono>

namespace stele::gateway {

std::map<std::string, std::uint64_t> connection_counts::refused_by_reason() const {
  std::map<std::string, std::uint64_t> reasons;
  for (std::size_t i = 0; i < by_verdict.size(); ++i)
    if (const auto count = by_verdict[i].load()) reasons.emplace(to_string(static_cast<verdict>(i)), count);
  return reasons;
}

void leash::pull() {
  std::lock_guard lock{mutex_};
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

void leash::release() {
  std::lock_guard lock{mutex_};
  socket_ = -1;
}

void leash::note_progress(bool ready, bool partial, bool frames_done, std::int64_t now_ms) {
  ready_ = ready;
  if (!partial)
    partial_since_ms_ = 0;
  else if (frames_done || partial_since_ms_ == 0)
    partial_since_ms_ = now_ms;
}

bool leash::late(std::int64_t now_ms, std::int64_t handshake_ms_max, std::int64_t partial_frame_ms_max) const {
  const auto partial_since_ms = partial_since_ms_.load();
  return (!ready_ && now_ms - since_ms_ > handshake_ms_max) ||
         (partial_since_ms != 0 && now_ms - partial_since_ms > partial_frame_ms_max);
}

template <class Function>
void watchdog::for_each(Function&& function) {
  std::lock_guard lock{mutex_};
  for (auto place = living_.begin(); place != living_.end();) {
    if (const auto it = place->lock()) {
      function(*it);
      ++place;
    } else {
      place = living_.erase(place);
    }
  }
}

bool watchdog::add(const std::shared_ptr<leash>& it, std::size_t connections_max) {
  std::lock_guard lock{mutex_};
  living_.remove_if([](const auto& place) { return place.expired(); });
  if (living_.size() >= connections_max) return false;
  living_.push_back(it);
  return true;
}

void watchdog::check(std::int64_t now_ms) {
  for_each([&](leash& it) {
    if (!it.late(now_ms, handshake_ms_max_, partial_frame_ms_max_)) return;
    ++counts.late;
    it.pull();
  });
}

std::size_t watchdog::connections() {
  std::size_t count = 0;
  for_each([&](leash&) { ++count; });
  return count;
}

std::size_t watchdog::unanswered() {
  std::size_t count = 0;
  for_each([&](leash& it) { count += it.unanswered(); });
  return count;
}

void watchdog::cut_all() {
  for_each([](leash& it) { it.pull(); });
}

void watchdog::note_answered() {
  if (!somebody_waits_) return;
  std::lock_guard lock{answered_mutex_};
  answered_.notify_all();
}

void watchdog::wait_answered(std::chrono::milliseconds wait_max) {
  somebody_waits_ = true; // Before the first look: who answers later sees it.
  std::unique_lock lock{answered_mutex_};
  answered_.wait_for(lock, wait_max, [this] { return unanswered() == 0; });
  somebody_waits_ = false;
}

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace stele::gateway
