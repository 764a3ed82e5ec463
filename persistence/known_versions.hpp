// Remembers the last version of streams that were in use lately, so that most appends need not ask for it.
#pragma once

#include "persistence/identifiers.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string_view>

namespace stele {

/// A table of fixed size: a few places for each part of all streams, in which the newest takes the place of the one
/// that was not in use for longest. A wrong memory costs a question to the database, nothing else: what is not
/// confirmed here is looked up there. Only what is in the log for ever is noted, so that what is confirmed leaves no
/// gap; where the stream went on at another node meanwhile, the insert fails at its key. Safe from any thread.
class known_versions {
public:
  void note(std::string_view stream_id, stream_version last);
  bool confirms(std::string_view stream_id, stream_version last) const;

private:
  static constexpr std::size_t groups = std::size_t{1} << 16, ways = 4;
  static constexpr int group_shift = 48;                      ///< The upper bits of a hash are the number of its group.
  using group = std::array<std::atomic<std::uint64_t>, ways>; ///< The latest first.

  /// Hash of stream and version in one word, so that both are read and written as one.
  static std::uint64_t mark_of(std::uint64_t hash, stream_version last);

  std::unique_ptr<group[]> groups_ = std::make_unique<group[]>(groups);
};

} // namespace stele
