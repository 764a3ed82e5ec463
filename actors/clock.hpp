// Port: time. Nothing above this line calls a clock by itself, so that a test can hold time still.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstdint>

namespace stele {

/// Time as the node sees it. Safe from any thread. Delays of actors use the actor system's own clock.
class clock {
public:
  virtual ~clock() = default;
  virtual unix_ms now() const = 0;            ///< Wall clock: what is recorded and what deadlines count in.
  virtual std::int64_t steady_us() const = 0; ///< Never goes back; microseconds from any start.
};

/// The machine's clocks.
clock& system_clock();

} // namespace stele
