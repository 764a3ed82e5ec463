// The domain of the campaigns: counters that must not go below zero.
#pragma once

#include "tests/kit/simulated/domain.hpp"

namespace stele::simulated {

const domain& counter_domain();

} // namespace stele::simulated
