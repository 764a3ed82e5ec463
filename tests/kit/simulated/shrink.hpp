// Makes a failing run small: whatever can be left out, is.
#pragma once

#include "tests/kit/simulated/run.hpp"

namespace stele::simulated {

/// A plan with as few actions and faults as possible that breaks the same promise.
plan shrink(plan it, const domain& of);

} // namespace stele::simulated
