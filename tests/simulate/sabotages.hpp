// The mistakes that the simulation can make on purpose, each with what it breaks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stele::simulated {

struct sabotage {
  std::string_view name;    ///< As it stands in `STELE_SABOTAGE(name)`.
  std::string_view mistake; ///< In words.
};

const std::vector<sabotage>& sabotages();

/// From now on this one is made; empty: none.
void make_mistake(std::string_view name);

} // namespace stele::simulated
