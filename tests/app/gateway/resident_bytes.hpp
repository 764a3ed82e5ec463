// How much memory this process holds, for tests in which it must not grow.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <fstream>

namespace stele::test {

#ifdef __SANITIZE_ADDRESS__
inline constexpr std::size_t growth_max = 512u << 20; // The sanitizer keeps what was freed for a while.
#else
inline constexpr std::size_t growth_max = 64u << 20;
#endif

inline std::size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace stele::test
