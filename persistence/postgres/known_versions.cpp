#include "persistence/postgres/known_versions.hpp"

#include <xxhash.h>

namespace stele::postgres {

std::uint64_t known_versions::mark_of(std::uint64_t hash, stream_version last) {
  return (hash ^ last * 0x9E37'79B9'7F4A'7C15u) | 1; // Never 0, which is nobody's.
}

void known_versions::note(std::string_view stream_id, stream_version last) {
  const std::uint64_t hash = XXH3_64bits(stream_id.data(), stream_id.size());
  marks_[hash >> 46].store(mark_of(hash, last), std::memory_order_relaxed);
}

bool known_versions::confirms(std::string_view stream_id, stream_version last) const {
  const std::uint64_t hash = XXH3_64bits(stream_id.data(), stream_id.size());
  return marks_[hash >> 46].load(std::memory_order_relaxed) == mark_of(hash, last);
}

} // namespace stele::postgres
