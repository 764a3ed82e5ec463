// The one header of a program made with Stele: the runtime, and a main of one line.
#pragma once

#include "app/runtime.hpp"

namespace stele {

/// Runs a whole program: reads the command line and config.ini, and does what they ask, as `node` (the node with both
/// doors), `send`, `get`, `find`, `stream`, `views`, `verify`, `backup`, `export`, `import`. Answers the exit code: 0
/// done, 1 refused or failed, 2 bad usage.
///
///     int main(int argc, char** argv) { return stele::run(argc, argv, assemble); }
///
/// `assemble` says what the program hosts.
int run(int argc, char** argv, void (*assemble)(runtime&));

} // namespace stele
