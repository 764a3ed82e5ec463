// What the simulation prints.
#pragma once

#include "tests/simulate/campaign.hpp"

namespace stele::simulated {

/// True when nothing broke and, in a campaign of at least 1,000 seeds, every rare state occurred.
bool print(const campaign& it, const findings& found);

} // namespace stele::simulated
