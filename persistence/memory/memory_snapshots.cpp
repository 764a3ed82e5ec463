#include "persistence/memory/memory_parts.hpp"

namespace stele::memory {

namespace {

/// Remembers how to bring the snapshot of a stream back to what it is now.
void keep_undo(memory_disk& disk, const std::string& stream_id) {
  const auto found = disk.snapshots.find(stream_id);
  std::optional<snapshot> before;
  if (found != disk.snapshots.end()) before = found->second;
  disk.remember([&disk, stream_id, before = std::move(before)] {
    if (before)
      disk.snapshots[stream_id] = *before;
    else
      disk.snapshots.erase(stream_id);
  });
}

} // namespace

void snapshots::save_snapshot(snapshot it, reply_to<done> reply) {
  shared_.run<done>(
      [&](memory_disk& disk) -> stored<done> {
        const auto found = disk.snapshots.find(it.stream_id);
        if (found != disk.snapshots.end() && found->second.version > it.version) return done{};
        keep_undo(disk, it.stream_id);
        disk.snapshots[it.stream_id] = std::move(it);
        return done{};
      },
      reply);
}

void snapshots::drop_snapshot(std::string stream_id, reply_to<done> reply) {
  shared_.run<done>(
      [&](memory_disk& disk) -> stored<done> {
        keep_undo(disk, stream_id);
        disk.snapshots.erase(stream_id);
        return done{};
      },
      reply);
}

void snapshots::read_snapshots(std::string after_stream_id, std::size_t limit, reply_to<std::vector<snapshot>> reply) {
  shared_.run<std::vector<snapshot>>(
      [&](memory_disk& disk) -> stored<std::vector<snapshot>> {
        std::vector<snapshot> found;
        for (auto it = disk.snapshots.upper_bound(after_stream_id); it != disk.snapshots.end() && found.size() < limit;
             ++it)
          found.push_back(it->second);
        return found;
      },
      reply);
}

} // namespace stele::memory
