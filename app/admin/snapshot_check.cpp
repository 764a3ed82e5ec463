#include "app/admin/snapshot_check.hpp"

#include "app/admin/ask.hpp"

#include <algorithm>

namespace stele::admin {

namespace {

constexpr std::size_t snapshots_in_a_read = 100;
constexpr std::size_t events_in_a_read = 1000;

// The state at a version by its events; null when an event can't be read, which the check of the shard has reported.
struct replayed {
  std::unique_ptr<any_state> state;
  stream_version version = 0;
};

stored<replayed> replay(store& storage, const aggregate_type& type, const std::string& stream_id, stream_version to) {
  replayed made{type.initial(), 0};
  while (made.version < to) {
    const auto limit = std::min<std::size_t>(events_in_a_read, to - made.version);
    auto page = ask<std::vector<recorded_event>>(
        [&](auto reply) { storage.events().read_stream(stream_id, made.version, limit, reply); });
    if (!page) return page.error();
    if (page->empty()) break;
    for (const auto& it : *page) {
      if (!type.evolve(*made.state, it)) return replayed{nullptr, it.version};
      made.version = it.version;
    }
  }
  return made;
}

void compare(const snapshot& it, const aggregate_type& type, const replayed& wanted, findings& found) {
  const auto where = "snapshot of stream " + it.stream_id + " at version " + std::to_string(it.version) + ": ";
  if (!wanted.state) return;
  if (wanted.version != it.version)
    return found.add("snapshot_ahead", where + "the stream ends at version " + std::to_string(wanted.version));
  const auto kept = type.decode_state(it.state);
  if (!kept) return found.add("snapshot_unreadable", where + "found " + it.state);
  const auto found_state = type.encode(*kept), wanted_state = type.encode(*wanted.state);
  if (found_state != wanted_state)
    found.add("snapshot_differs", where + "found " + found_state + ", by its events " + wanted_state);
}

stored<done> check(store& storage, const registry& hosted, const snapshot& it, verify_report& report) {
  const auto* type = hosted.aggregate(aggregate_of(it.stream_id));
  if (type == nullptr || it.description_hash != type->description_hash()) {
    ++report.snapshots_skipped;
    return done{};
  }
  auto wanted = replay(storage, *type, it.stream_id, it.version);
  if (!wanted) return wanted.error();
  compare(it, *type, *wanted, report.found);
  ++report.snapshots;
  return done{};
}

} // namespace

stored<done> check_snapshots(store& storage, const registry& hosted, verify_report& report) {
  std::string last;
  for (;;) {
    auto page = ask<std::vector<snapshot>>(
        [&](auto reply) { storage.snapshots().read_snapshots(last, snapshots_in_a_read, reply); });
    if (!page) return page.error();
    if (page->empty()) return done{};
    for (const auto& it : *page)
      if (auto checked = check(storage, hosted, it, report); !checked) return checked;
    last = page->back().stream_id;
  }
}

} // namespace stele::admin
