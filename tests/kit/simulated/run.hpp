// One run of one plan, from an empty database to a cluster that has healed, or to the first broken promise.
#pragma once

#include "tests/kit/chronicle.hpp"
#include "tests/kit/simulated/domain.hpp"
#include "tests/kit/simulated/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stele::simulated {

struct run_result {
  std::uint64_t hash = 0; ///< The same for the same plan.
  std::size_t steps = 0;  ///< Until it ended, the healing included.
  std::size_t commands = 0, stored = 0;
  std::array<std::uint64_t, kit::rare_states> seen{};
  std::optional<kit::chronicle::breach> breach; ///< The first.
  std::vector<kit::chronicle::line> story;      ///< If it was asked for.
};

run_result run(const plan& it, const domain& of, bool keep_story = false);

} // namespace stele::simulated
