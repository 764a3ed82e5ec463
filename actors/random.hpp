// Port: chance. Ids and jitter come from here, so that a test can repeat them.
#pragma once

#include <cstdint>

namespace stele {

/// Random words. Safe from any thread.
class random_source {
public:
  virtual ~random_source() = default;
  virtual std::uint64_t next() = 0;
};

/// Seeded from the operating system.
random_source& system_random();

} // namespace stele
