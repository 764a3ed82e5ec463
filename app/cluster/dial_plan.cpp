#include "app/cluster/dial_plan.hpp"

#include "app/client/attempt.hpp"

namespace stele::cluster {

std::int64_t dial_plan::pause_ms(std::uint64_t random) const {
  if (refused_in_row_ == 1) return sure_pause_ms;
  return stele::pause_ms(failures_ == 0 ? 0 : failures_ - 1, pause_ms_min, pause_ms_max, random);
}

} // namespace stele::cluster
