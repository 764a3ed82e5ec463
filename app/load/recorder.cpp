#include "app/load/recorder.hpp"

#include <algorithm>

namespace stele::load {

void recorder::measure_from(std::int64_t intended_ns, std::size_t nodes) {
  const std::lock_guard lock(mutex_);
  from_ns_ = intended_ns;
  auto& pauses = record_.without_commands;
  pauses.overall.begin(from_ns_);
  pauses.by_node.assign(nodes, pauses.overall);
}

void recorder::measure_until(std::int64_t completed_ns) {
  const std::lock_guard lock(mutex_);
  until_ns_ = completed_ns;
  record_.without_commands.overall.end(until_ns_);
  for (auto& each : record_.without_commands.by_node) each.end(until_ns_);
}

void recorder::note_accepted(const completion& it) {
  auto& pauses = record_.without_commands;
  if (it.completed_ns < from_ns_ || it.completed_ns > until_ns_) return;
  ++pauses.commands;
  pauses.overall.accepted(it.completed_ns);
  if (it.node < pauses.by_node.size()) pauses.by_node[it.node].accepted(it.completed_ns);
}

void recorder::add(const completion& it) {
  const std::lock_guard lock(mutex_);
  const auto latency = it.completed_ns - it.intended_ns;
  if (it.refused.empty())
    running_.add(latency);
  else
    ++running_refused_;
  if (it.command && it.refused.empty()) note_accepted(it);
  if (it.intended_ns < from_ns_) return;
  record_.last_ns = std::max(record_.last_ns, it.completed_ns);
  auto& kind = record_.kinds[static_cast<std::size_t>(it.kind)];
  if (!it.refused.empty()) {
    ++kind.refused;
    ++record_.refused;
    ++record_.refusals[it.refused];
    return;
  }
  kind.latency.add(latency);
  kind.stale += it.stale ? 1 : 0;
  record_.all.add(latency);
  record_.from_sending.add(it.completed_ns - it.sent_ns);
}

void recorder::add(std::vector<view_lag> lags) {
  const std::lock_guard lock(mutex_);
  lags_ = std::move(lags);
}

second recorder::end_second(second it, double lasted_s) {
  const std::lock_guard lock(mutex_);
  it.done_per_s = static_cast<double>(running_.count()) / lasted_s;
  it.errors_per_s = static_cast<double>(running_refused_) / lasted_s;
  it.p50_ns = running_.quantile(0.5);
  it.p99_ns = running_.quantile(0.99);
  it.max_ns = running_.max();
  it.lags = lags_;
  running_.clear();
  running_refused_ = 0;
  record_.seconds.push_back(it);
  return it;
}

} // namespace stele::load
