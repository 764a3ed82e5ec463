#include "tests/kit/simulated/disturbances.hpp"

#include "actors/disturbance.hpp"

#include <utility>

namespace stele {

namespace {

thread_local std::function<bool()> wanted;

} // namespace

bool is_disturbed() { return wanted && wanted(); }

namespace simulated {

void disturb(std::function<bool()> chance) { wanted = std::move(chance); }

} // namespace simulated

} // namespace stele
