// Moments at which the product may do one of two things and both are right: a batch ends here or later, an owner is
// woken now or soon. Left to itself it does the same one nearly always; the program `simulate` is compiled so that its
// seed decides, and sees the other, too: `docs/simulation.md`. Everywhere else the condition is a plain `false`.
#pragma once

#ifdef STELE_SIMULATION

namespace stele {

/// Whether the seed wants the unusual one now.
bool is_disturbed();

} // namespace stele

#define STELE_DISTURBED() ::stele::is_disturbed()
#else
#define STELE_DISTURBED() false
#endif
