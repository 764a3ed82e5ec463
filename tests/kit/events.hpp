// Makes batches of events that go on where the last ones ended.
#pragma once

#include "persistence/recorded_event.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

/// Numbers events as a lane does: positions by shard, versions by stream. What was taken and not written is the test's
/// to give back: copy the maker before.
class event_maker {
public:
  explicit event_maker(std::uint32_t shards = 64) : heads_(shards) {}

  /// The next event of a stream, as the only one of a command of its own.
  recorded_event next(const std::string& stream_id, std::string payload = "{}") {
    recorded_event it;
    it.stream_id = stream_id;
    it.shard = shard_of(stream_id, static_cast<std::uint32_t>(heads_.size()));
    it.position = ++heads_[it.shard];
    it.version = ++versions_[stream_id];
    it.event_id = make_uuid_v7(1'700'000'000'000, ++made_, 1);
    it.command_id = make_uuid_v7(1'700'000'000'000, made_, 2);
    it.command_digest = hash_to_uuid(payload);
    it.type = "something_happened";
    it.payload = std::move(payload);
    it.recorded_at = 1'700'000'000'000 + static_cast<unix_ms>(made_);
    return it;
  }

  event_batch batch(const std::vector<std::string>& streams) {
    auto events = std::make_shared<std::vector<recorded_event>>();
    for (const std::string& stream_id : streams) events->push_back(next(stream_id));
    return events;
  }

  const std::vector<shard_position>& heads() const { return heads_; }
  stream_version version(const std::string& stream_id) const {
    const auto found = versions_.find(stream_id);
    return found == versions_.end() ? 0 : found->second;
  }

private:
  std::vector<shard_position> heads_;
  std::map<std::string, stream_version> versions_;
  std::uint64_t made_ = 0;
};

/// A batch of given events.
inline event_batch batch_of(std::vector<recorded_event> events) {
  return std::make_shared<const std::vector<recorded_event>>(std::move(events));
}

} // namespace stele::kit
