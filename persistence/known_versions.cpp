#include "persistence/known_versions.hpp"

#include <xxhash.h>

#include <algorithm>

namespace stele {

std::uint64_t known_versions::mark_of(std::uint64_t hash, stream_version last) {
  return (hash ^ last * 0x9E37'79B9'7F4A'7C15u) | 1; // Never 0, which is nobody's.
}

void known_versions::note(std::string_view stream_id, stream_version last) {
  const std::uint64_t hash = XXH3_64bits(stream_id.data(), stream_id.size());
  const std::uint64_t before = mark_of(hash, last - 1);
  group& marks = groups_[hash >> group_shift];
  std::size_t at = 0; // Of its mark so far, or of the oldest.
  while (at < ways - 1 && marks[at].load(std::memory_order_relaxed) != before) ++at;
  for (; at > 0; --at) marks[at].store(marks[at - 1].load(std::memory_order_relaxed), std::memory_order_relaxed);
  marks[0].store(mark_of(hash, last), std::memory_order_relaxed);
}

bool known_versions::confirms(std::string_view stream_id, stream_version last) const {
  const std::uint64_t hash = XXH3_64bits(stream_id.data(), stream_id.size());
  const std::uint64_t mark = mark_of(hash, last);
  const group& marks = groups_[hash >> group_shift];
  return std::any_of(marks.begin(), marks.end(),
                     [mark](const auto& it) { return it.load(std::memory_order_relaxed) == mark; });
}

} // namespace stele
