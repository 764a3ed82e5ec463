// Mistakes made in the product on purpose, to see that the simulation finds them: `docs/simulation.md`. Only the
// program `simulate` is compiled with them, and makes the one it was asked for; everywhere else the condition is a
// plain `false`.
#pragma once

#ifdef STELE_SIMULATION

#include <string_view>

namespace stele {

/// Whether the simulation makes this mistake now.
bool is_sabotaged(std::string_view what);

} // namespace stele

#define STELE_SABOTAGE(what) ::stele::is_sabotaged(#what)
#else
#define STELE_SABOTAGE(what) false
#endif
