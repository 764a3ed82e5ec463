#include "persistence/description.hpp"

#include <xxhash.h>

namespace stele {

std::uint64_t description_hash_of(std::string_view description) {
  return XXH64(description.data(), description.size(), 0);
}

} // namespace stele
