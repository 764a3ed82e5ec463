// How often the product does what it may do but seldom does: `actors/disturbance.hpp`.
#pragma once

#include <functional>

namespace stele::simulated {

/// `chance` is asked at each such moment of this thread; null: never.
void disturb(std::function<bool()> chance);

} // namespace stele::simulated
