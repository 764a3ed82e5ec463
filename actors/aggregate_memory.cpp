#include "actors/aggregate_memory.hpp"

#include <exception>

namespace stele {

namespace {

store_error corrupt(const recorded_event& event, const std::string& why) {
  return {store_fault::corrupt,
          "stream " + event.stream_id + ", version " + std::to_string(event.version) + ": " + why};
}

} // namespace

aggregate_memory aggregate_memory::empty(const aggregate_type& type) {
  aggregate_memory memory;
  memory.state = type.initial();
  return memory;
}

std::optional<aggregate_memory> aggregate_memory::restore(const aggregate_type& type, const snapshot& from) {
  if (from.description_hash != type.description_hash()) return std::nullopt;
  auto window = command_window::decode(from.window);
  if (!window) return std::nullopt;
  aggregate_memory memory;
  try {
    memory.state = type.decode_state(from.state);
  } catch (const std::exception&) { // A snapshot is only a short cut: the stream gives the state again.
    return std::nullopt;
  }
  if (!memory.state) return std::nullopt;
  memory.version = memory.snapshot_version = from.version;
  memory.position = from.position;
  memory.window = std::move(*window);
  return memory;
}

stored<done> aggregate_memory::replay(const aggregate_type& type, const recorded_event& event, std::size_t window_max) {
  if (event.version != version + 1) return corrupt(event, "expected version " + std::to_string(version + 1));
  try {
    if (auto folded = type.evolve(*state, event); !folded) return corrupt(event, folded.error().what);
  } catch (const std::exception& problem) { return corrupt(event, std::string("evolve failed: ") + problem.what()); }
  version = event.version;
  position = event.position;
  window.remember({event.command_id, short_digest(event.command_digest), version, position}, window_max);
  return done{};
}

snapshot aggregate_memory::take_snapshot(const aggregate_type& type, const std::string& stream_id) const {
  return {stream_id, version, position, type.description_hash(), type.encode(*state), window.encode()};
}

} // namespace stele
