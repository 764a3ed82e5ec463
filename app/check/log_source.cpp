#include "app/check/log_source.hpp"

#include "app/admin/ask.hpp"

#include <numeric>

namespace stele::check {

namespace {

constexpr std::size_t events_in_a_read = 4000;

stored<done> read_shard(event_store& events, shard_number shard,
                        const std::function<void(const recorded_event&)>& take) {
  shard_position last = 0;
  for (;;) {
    const auto page = admin::ask<std::vector<recorded_event>>(
        [&](auto reply) { events.read_shard(shard, last, events_in_a_read, reply); });
    if (!page) return page.error();
    if (page->empty()) return done{};
    for (const auto& it : *page) take(it);
    last = page->back().position;
  }
}

} // namespace

stored<log_source> log_of(store& storage, const registry& hosted) {
  auto& events = storage.events();
  const auto heads = admin::ask<std::vector<shard_position>>([&](auto reply) { events.heads(reply); });
  if (!heads) return heads.error();
  auto snapshots = read_snapshots(storage, hosted);
  if (!snapshots) return snapshots.error();
  log_source out;
  out.snapshots = std::move(*snapshots);
  out.history = events.identity().history;
  out.shards = static_cast<std::uint32_t>(heads->size());
  out.events = std::accumulate(heads->begin(), heads->end(), std::uint64_t{0});
  out.read = [&events](shard_number shard, const auto& take) { return read_shard(events, shard, take); };
  return out;
}

} // namespace stele::check
