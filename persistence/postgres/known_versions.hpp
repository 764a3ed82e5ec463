// Remembers the last version of streams that were in use lately, so that most appends need not ask for it.
#pragma once

#include "persistence/identifiers.hpp"

#include <atomic>
#include <memory>
#include <string_view>

namespace stele::postgres {

/// A table of fixed size in which a newer stream takes the place of an older one. A wrong memory costs a question to
/// the database, nothing else: what is not confirmed here is looked up there. Only what is in the log for ever is
/// noted, so that what is confirmed leaves no gap; where the stream went on at another node meanwhile, the insert fails
/// at its key. Safe from any thread.
class known_versions {
public:
  void note(std::string_view stream_id, stream_version last);
  bool confirms(std::string_view stream_id, stream_version last) const;

private:
  static constexpr std::size_t size = std::size_t{1} << 18;

  /// Hash of stream and version in one word, so that both are read and written as one.
  static std::uint64_t mark_of(std::uint64_t hash, stream_version last);

  std::unique_ptr<std::atomic<std::uint64_t>[]> marks_ = std::make_unique<std::atomic<std::uint64_t>[]>(size);
};

} // namespace stele::postgres
