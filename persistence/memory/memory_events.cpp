#include "persistence/batch_check.hpp"
#include "persistence/memory/memory_parts.hpp"

#include <algorithm>

namespace stele::memory {

namespace {

using event_list = std::vector<recorded_event>;

store_error fenced() {
  return {store_fault::fenced, "another store has opened this memory since; this one writes no more"};
}

stored<done> check_versions(const memory_disk& disk, const event_list& batch) {
  auto starts = stream_starts(batch);
  if (!starts) return starts.error();
  for (const stream_start& start : *starts) {
    const auto found = disk.streams.find(std::string(start.stream_id));
    const stream_version last = found == disk.streams.end() ? 0 : found->second.size();
    if (start.first != last + 1) return version_conflict(start.stream_id, start.first, last);
  }
  return done{};
}

void put(memory_disk& disk, const event_list& batch) {
  for (const recorded_event& event : batch) {
    const std::size_t place = disk.log.size();
    disk.log.push_back(event);
    disk.log.back().global_position = place + 1;
    disk.shards[event.shard].push_back(place);
    disk.streams[event.stream_id].push_back(place);
  }
  disk.undo.clear();
}

/// Copies at most `limit` events from `places`, from index `from` on.
event_list pick(const memory_disk& disk, const std::vector<std::size_t>& places, std::uint64_t from,
                std::size_t limit) {
  event_list found;
  for (std::uint64_t i = from; i < places.size() && found.size() < limit; ++i) found.push_back(disk.log[places[i]]);
  return found;
}

event_list pick_stream(const memory_disk& disk, const std::string& stream_id, stream_version after, std::size_t limit) {
  const auto found = disk.streams.find(stream_id);
  return found == disk.streams.end() ? event_list{} : pick(disk, found->second, after, limit);
}

} // namespace

void events::append(std::uint32_t lane, event_batch batch, reply_to<done> reply) {
  shared_.run<done>(
      [&](memory_disk& disk) -> stored<done> {
        if (shared_.fenced()) return fenced();
        auto heads = heads_after(disk.heads, identity_, lane, batch);
        if (!heads) return heads.error();
        if (auto fits = check_versions(disk, *batch); !fits) return fits.error();
        if (disk.log.size() + batch->size() > disk.event_limit)
          return store_error{store_fault::refused, "the store is full; nothing was written"};
        put(disk, *batch);
        disk.heads = std::move(*heads);
        return done{};
      },
      reply);
}

void events::fence(std::uint32_t, reply_to<done> reply) {
  shared_.run<done>([&](memory_disk&) -> stored<done> { return shared_.fenced() ? stored<done>(fenced()) : done{}; },
                    reply);
}

void events::resolve(std::uint32_t, event_batch batch, reply_to<bool> reply) {
  if (!batch || batch->empty()) return reply(false); // Nothing was asked for, nothing can have been stored.
  shared_.run<bool>(
      [&](memory_disk& disk) -> stored<bool> {
        const recorded_event& first = batch->front();
        const auto& places = disk.shards.at(first.shard);
        const bool there = first.position >= 1 && first.position <= places.size() &&
                           disk.log[places[first.position - 1]].event_id == first.event_id;
        if (!there && shared_.fenced()) return fenced();
        return there;
      },
      reply);
}

void events::recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) {
  shared_.run<recovered_stream>(
      [&](memory_disk& disk) -> stored<recovered_stream> {
        recovered_stream found;
        if (auto it = disk.snapshots.find(stream_id); it != disk.snapshots.end()) found.base = it->second;
        found.tail =
            pick_stream(disk, stream_id, found.base ? found.base->version : 0, std::min(limit, SIZE_MAX - 1) + 1);
        found.more = found.tail.size() > limit;
        if (found.more) found.tail.pop_back();
        return found;
      },
      reply);
}

void events::read_stream(std::string stream_id, stream_version after, std::size_t limit, reply_to<event_list> reply) {
  shared_.run<event_list>(
      [&](memory_disk& disk) -> stored<event_list> { return pick_stream(disk, stream_id, after, limit); }, reply);
}

void events::read_shard(shard_number shard, shard_position after, std::size_t limit, reply_to<event_list> reply) {
  shared_.run<event_list>(
      [&](memory_disk& disk) -> stored<event_list> {
        return shard < disk.shards.size() ? pick(disk, disk.shards[shard], after, limit) : event_list{};
      },
      reply);
}

void events::read_all(std::uint64_t after, std::size_t limit, reply_to<event_list> reply) {
  shared_.run<event_list>(
      [&](memory_disk& disk) -> stored<event_list> {
        const std::uint64_t from = std::min<std::uint64_t>(after, disk.log.size());
        const std::uint64_t to = from + std::min<std::uint64_t>(limit, disk.log.size() - from);
        return event_list(disk.log.begin() + static_cast<std::ptrdiff_t>(from),
                          disk.log.begin() + static_cast<std::ptrdiff_t>(to));
      },
      reply);
}

void events::find_command(std::string stream_id, uuid command_id, reply_to<event_list> reply) {
  shared_.run<event_list>(
      [&](memory_disk& disk) -> stored<event_list> {
        event_list found;
        if (auto it = disk.streams.find(stream_id); it != disk.streams.end())
          for (std::size_t place : it->second)
            if (disk.log[place].command_id == command_id) found.push_back(disk.log[place]);
        return found;
      },
      reply);
}

void events::heads(reply_to<std::vector<shard_position>> reply) {
  shared_.run<std::vector<shard_position>>(
      [](memory_disk& disk) -> stored<std::vector<shard_position>> { return disk.heads; }, reply);
}

} // namespace stele::memory
