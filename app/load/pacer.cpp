#include "app/load/pacer.hpp"

#include <caf/send.hpp>

#include <sys/prctl.h>

#include <algorithm>

namespace stele::load {

pacer::pacer(load_desk& desk, pacer_settings settings, const zipf& orders, schedule times)
    : desk_(desk), settings_(std::move(settings)), orders_(orders), times_(times), random_(settings_.seed),
      thread_([this] { run(); }) {}

pacer::~pacer() { stop(); }

void pacer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stopped_by_.notify_all();
  desk_.gate.close();
  if (thread_.joinable()) thread_.join();
  desk_.gate.open();
}

double pacer::behind_ms() const {
  return static_cast<double>(std::max<std::int64_t>(0, now_ns() - times_.due(sent_))) / 1e6;
}

void pacer::run() {
  ::prctl(PR_SET_TIMERSLACK, 1'000UL); // Nanoseconds; the default of 50,000 would be seen in the latencies.
  for (;;) {
    const auto intended = times_.due(sent_);
    if (!wait_until(intended) || !desk_.gate.enter()) return;
    tell(intended);
    ++sent_;
  }
}

// False when it was stopped before.
bool pacer::wait_until(std::int64_t time_ns) {
  std::unique_lock lock(mutex_);
  const std::chrono::steady_clock::time_point time{std::chrono::nanoseconds(time_ns)};
  if (now_ns() < time_ns) stopped_by_.wait_until(lock, time, [this] { return stopped_; });
  return !stopped_;
}

void pacer::tell(std::int64_t intended_ns) {
  const bool hot = settings_.hot && static_cast<double>(random_.next() >> 11) * 0x1p-53 < settings_.hot_share;
  if (hot) return caf::anon_send(settings_.hot, due{intended_ns, 0});
  const auto rank = orders_.choose(random_.next());
  const auto& clients = settings_.clients;
  caf::anon_send(clients[rank % clients.size()], due{intended_ns, rank / clients.size()});
}

} // namespace stele::load
