// The command ids an aggregate remembers, so that a repeat gets the first answer.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele {

/// A command that stored events.
struct remembered_command {
  uuid id;
  std::uint64_t digest = 0;    ///< `short_digest` of the command: this is kept a million times.
  stream_version version = 0;  ///< Of its last event.
  shard_position position = 0; ///< Of its last event; 0: not durable yet.
  friend bool operator==(const remembered_command&, const remembered_command&) = default;
};

/// Half of a digest: enough to tell a reused id from a repeat.
std::uint64_t short_digest(const uuid& digest);

/// The greatest ids of one stream, a few of them. It knows whether it ever let one go: only then can an id that is not
/// here have been used, and only one below the lowest kept. The greatest, not the latest: client clocks may be skewed.
class command_window {
public:
  /// Null when `id` is not among those kept.
  const remembered_command* find(const uuid& id) const;

  /// Whether `id`, which is not kept, may have been used all the same: ask the store.
  bool may_have_forgotten(const uuid& id) const;

  /// Keeps `it` among the `size_max` greatest; an id that is there already takes its new version and position.
  void remember(const remembered_command& it, std::size_t size_max);

  /// The command is durable at `position`. Does nothing when it is not kept.
  void confirm(const uuid& id, shard_position position);

  std::size_t size() const { return kept_.size(); }
  std::size_t bytes() const { return kept_.capacity() * sizeof(remembered_command); }

  /// As text, for a snapshot, and back; nothing when `text` is not such a text.
  std::string encode() const;
  static std::optional<command_window> decode(std::string_view text);

private:
  std::vector<remembered_command> kept_; ///< Ascending by id.
  bool complete_ = true;                 ///< None was ever let go.
};

} // namespace stele
