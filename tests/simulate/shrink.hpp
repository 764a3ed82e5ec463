// Makes a failing run small: whatever can be left out, is.
#pragma once

#include "tests/simulate/run.hpp"

namespace stele::simulate {

/// A plan with as few actions and faults as possible that breaks the same promise.
plan shrink(plan it);

} // namespace stele::simulate
