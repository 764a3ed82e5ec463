// What the simulation prints.
#pragma once

#include "tests/simulate/campaign.hpp"

namespace stele::simulate {

/// True when nothing broke and, in a campaign of at least 1,000 seeds, every rare state occurred.
bool print(const campaign& it, const findings& found);

/// The plan in words, what was done, the last statements of the shard concerned, and what was expected.
void print_story(const plan& it, const run_result& result);

} // namespace stele::simulate
