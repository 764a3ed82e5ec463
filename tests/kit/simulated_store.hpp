// A store of the simulation: answers when the schedule says so, and fails as the test asks.
#pragma once

#include "persistence/event_store.hpp"
#include "tests/kit/simulation.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace stele::kit {

/// How often things go wrong: one in so many calls, 0: never.
struct store_faults {
  std::size_t append_refused = 0, append_unknown = 0, append_conflict = 0;
  std::size_t fence_unavailable = 0, resolve_unavailable = 0, read_unavailable = 0;
  bool fenced = false;
  bool disk_full = false;
};

/// Event log and snapshots in memory, in the simulation's thread. An append whose outcome is unknown may have happened,
/// may never happen, or may happen late, unless `resolve` comes first. Writes down what breaks the contract.
class simulated_store final : public event_store, public snapshot_store {
public:
  simulated_store(simulation& sim, std::uint32_t shards, std::uint32_t lanes) : sim_(sim), shards_(shards) {
    identity_.shards = shards;
    identity_.lanes = lanes;
    identity_.history = hash_to_uuid("simulated");
    out_.resize(lanes);
  }

  store_faults faults;
  std::vector<std::string> breaches; ///< Contract broken by the caller.
  std::map<std::string, std::vector<recorded_event>> streams;
  std::map<std::string, snapshot> snapshots;
  std::size_t appends = 0, fences = 0, lookups = 0, recoveries = 0, largest_batch = 0;

  /// Called with a batch once it is durable, before anyone is told.
  std::function<void(const recorded_event&)> on_durable = [](const recorded_event&) {};

  /// An event somebody else wrote.
  void insert(const recorded_event& event) {
    shards_[event.shard].push_back(event);
    streams[event.stream_id].push_back(event);
  }

  const store_identity& identity() const override { return identity_; }

  void append(std::uint32_t lane, event_batch events, reply_to<done> reply) override {
    begin(lane);
    ++appends;
    largest_batch = std::max(largest_batch, events->size());
    sim_.later([this, lane, events, reply = std::move(reply)] {
      if (faults.fenced) return end(lane, reply, store_error{store_fault::fenced, "not yours"});
      if (faults.disk_full || sim_.one_in(faults.append_refused))
        return end(lane, reply, store_error{store_fault::refused, "disk full"});
      if (sim_.one_in(faults.append_conflict)) return end(lane, reply, store_error{store_fault::conflict, "taken"});
      if (sim_.one_in(faults.append_unknown)) return lose(lane, events, reply);
      if (!apply(*events)) return end(lane, reply, store_error{store_fault::conflict, "not the next one"});
      end(lane, reply, done{});
    });
  }

  void fence(std::uint32_t lane, reply_to<done> reply) override {
    begin(lane);
    ++fences;
    sim_.later([this, lane, reply = std::move(reply)] {
      if (faults.fenced) return end(lane, reply, store_error{store_fault::fenced, "not yours"});
      if (sim_.one_in(faults.fence_unavailable)) return end(lane, reply, store_error{store_fault::unavailable, "away"});
      end(lane, reply, done{});
    });
  }

  void resolve(std::uint32_t lane, event_batch events, reply_to<bool> reply) override {
    begin(lane);
    sim_.later([this, lane, events, reply = std::move(reply)] {
      if (sim_.one_in(faults.resolve_unavailable))
        return end(lane, reply, store_error{store_fault::unavailable, "away"});
      ++out_[lane].epoch; // Whatever is still on its way can't happen any more.
      const bool there = is_stored(events->front());
      if (!there && faults.fenced) return end(lane, reply, store_error{store_fault::fenced, "not yours"});
      end(lane, reply, there);
    });
  }

  void recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) override {
    ++recoveries;
    read<recovered_stream>(std::move(reply), [this, stream_id, limit] {
      recovered_stream found;
      if (const auto at = snapshots.find(stream_id); at != snapshots.end()) found.base = at->second;
      found.tail = after(stream_id, found.base ? found.base->version : 0, limit);
      found.more = found.tail.size() == limit;
      return found;
    });
  }

  void read_stream(std::string stream_id, stream_version version, std::size_t limit,
                   reply_to<std::vector<recorded_event>> reply) override {
    read<std::vector<recorded_event>>(std::move(reply),
                                      [this, stream_id, version, limit] { return after(stream_id, version, limit); });
  }

  void read_shard(shard_number shard, shard_position position, std::size_t limit,
                  reply_to<std::vector<recorded_event>> reply) override {
    read<std::vector<recorded_event>>(std::move(reply), [this, shard, position, limit] {
      std::vector<recorded_event> found;
      for (std::size_t i = position; i < shards_[shard].size() && found.size() < limit; ++i)
        found.push_back(shards_[shard][i]);
      return found;
    });
  }

  void read_all(std::uint64_t, std::size_t, reply_to<std::vector<recorded_event>> reply) override {
    reply(store_error{store_fault::refused, "the simulation keeps no total order"});
  }

  void find_command(std::string stream_id, uuid command_id, reply_to<std::vector<recorded_event>> reply) override {
    ++lookups;
    read<std::vector<recorded_event>>(std::move(reply), [this, stream_id, command_id] {
      std::vector<recorded_event> found;
      for (const recorded_event& event : streams[stream_id])
        if (event.command_id == command_id) found.push_back(event);
      return found;
    });
  }

  void heads(reply_to<std::vector<shard_position>> reply) override {
    read<std::vector<shard_position>>(std::move(reply), [this] {
      std::vector<shard_position> found;
      for (const auto& shard : shards_) found.push_back(shard.size());
      return found;
    });
  }

  void save_snapshot(snapshot it, reply_to<done> reply) override {
    sim_.later([this, it = std::move(it), reply = std::move(reply)] {
      snapshot& kept = snapshots[it.stream_id];
      if (kept.version <= it.version) kept = it;
      reply(done{});
    });
  }

  void drop_snapshot(std::string stream_id, reply_to<done> reply) override {
    sim_.later([this, stream_id, reply = std::move(reply)] {
      snapshots.erase(stream_id);
      reply(done{});
    });
  }

  void read_snapshots(std::string after_stream_id, std::size_t limit, reply_to<std::vector<snapshot>> reply) override {
    read<std::vector<snapshot>>(std::move(reply), [this, after_stream_id, limit] {
      std::vector<snapshot> found;
      for (auto at = snapshots.upper_bound(after_stream_id); at != snapshots.end() && found.size() < limit; ++at)
        found.push_back(at->second);
      return found;
    });
  }

private:
  struct lane_state {
    bool busy = false;
    std::uint64_t epoch = 0;
  };

  void begin(std::uint32_t lane) {
    if (std::exchange(out_[lane].busy, true)) breaches.push_back("two statements of one lane at a time");
  }

  template <class T>
  void end(std::uint32_t lane, const reply_to<T>& reply, std::type_identity_t<stored<T>> outcome) {
    sim_.later([this, lane, reply, outcome = std::move(outcome)] {
      out_[lane].busy = false;
      reply(outcome);
    });
  }

  /// The answer is lost. The append happens now, never, or late.
  void lose(std::uint32_t lane, const event_batch& events, const reply_to<done>& reply) {
    const std::size_t fate = sim_.below(3);
    if (fate == 0 && !apply(*events)) breaches.push_back("an append does not go on where the store ends");
    if (fate == 2)
      sim_.later([this, lane, events, epoch = out_[lane].epoch] {
        if (out_[lane].epoch == epoch) apply(*events);
      });
    end(lane, reply, stored<done>(store_error{store_fault::unknown, "connection lost"}));
  }

  bool apply(const std::vector<recorded_event>& events) {
    std::map<shard_number, shard_position> heads;
    std::map<std::string, stream_version> versions;
    for (const recorded_event& event : events) {
      const auto head = heads.emplace(event.shard, shards_[event.shard].size()).first;
      const auto version = versions.emplace(event.stream_id, streams[event.stream_id].size()).first;
      if (event.position != ++head->second || event.version != ++version->second) return false;
    }
    for (const recorded_event& event : events) {
      shards_[event.shard].push_back(event);
      streams[event.stream_id].push_back(event);
      on_durable(event);
    }
    return true;
  }

  bool is_stored(const recorded_event& event) const {
    const auto& shard = shards_[event.shard];
    return event.position <= shard.size() && shard[event.position - 1].event_id == event.event_id;
  }

  std::vector<recorded_event> after(const std::string& stream_id, stream_version version, std::size_t limit) {
    const auto& stream = streams[stream_id];
    std::vector<recorded_event> found;
    for (std::size_t i = version; i < stream.size() && found.size() < limit; ++i) found.push_back(stream[i]);
    return found;
  }

  /// Reads at one step, answers at a later one: the answer may be old by then.
  template <class T, class Read>
  void read(reply_to<T> reply, Read what) {
    sim_.later([this, reply = std::move(reply), what = std::move(what)] {
      auto outcome = sim_.one_in(faults.read_unavailable) ? stored<T>(store_error{store_fault::unavailable, "away"})
                                                          : stored<T>(what());
      sim_.later([reply, outcome = std::move(outcome)] { reply(outcome); });
    });
  }

  simulation& sim_;
  store_identity identity_;
  std::vector<std::vector<recorded_event>> shards_;
  std::vector<lane_state> out_;
};

} // namespace stele::kit
