#include "persistence/batch_check.hpp"

#include <memory_resource>
#include <unordered_map>

namespace stele {

namespace {

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

/// In the table below, roughly.
constexpr std::size_t bytes_per_stream = 64;

std::string place(shard_number shard) { return "shard " + std::to_string(shard); }

stored<done> check_shard(const recorded_event& event, const store_identity& store, std::uint32_t lane) {
  const auto right = shard_of(event.stream_id, store.shards);
  if (event.shard != right)
    return refused("append: stream " + event.stream_id + " belongs to " + place(right) + ", not to " +
                   place(event.shard));
  if (right % store.lanes != lane)
    return refused("append: " + place(right) + " is written through lane " + std::to_string(right % store.lanes) +
                   ", not through lane " + std::to_string(lane));
  return done{};
}

} // namespace

stored<std::vector<shard_position>> heads_after(std::vector<shard_position> heads, const store_identity& store,
                                                std::uint32_t lane, const event_batch& batch) {
  if (!batch || batch->empty()) return refused("append: a batch holds at least one event, this one has none");
  for (const recorded_event& event : *batch) {
    if (auto fits = check_shard(event, store, lane); !fits) return fits.error();
    if (event.position != heads[event.shard] + 1)
      return store_error{store_fault::conflict, place(event.shard) + ": expected position " +
                                                    std::to_string(heads[event.shard] + 1) + " next, found " +
                                                    std::to_string(event.position) + "; load the shard again"};
    heads[event.shard] = event.position;
  }
  return heads;
}

stored<std::vector<stream_start>> stream_starts(const std::vector<recorded_event>& events) {
  std::vector<stream_start> starts;
  std::pmr::monotonic_buffer_resource room(events.size() * bytes_per_stream);
  std::pmr::unordered_map<std::string_view, stream_version> last(&room);
  last.reserve(events.size());
  for (const recorded_event& event : events) {
    auto [at, fresh] = last.try_emplace(event.stream_id, event.version);
    if (fresh)
      starts.push_back({event.stream_id, event.version});
    else if (event.version != ++at->second)
      return version_conflict(event.stream_id, event.version, at->second - 1);
  }
  return starts;
}

store_error version_conflict(std::string_view stream_id, stream_version wanted, stream_version found) {
  return {store_fault::conflict, "stream " + std::string(stream_id) + ": version " + std::to_string(wanted) +
                                     " can't follow version " + std::to_string(found) + "; load the stream again"};
}

} // namespace stele
