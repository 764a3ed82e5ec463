// What `stele load` may be told of the load itself.
#pragma once

#include "app/load/load_command.hpp"

namespace CLI {
class App;
}

namespace stele::load {

/// Adds the options; they write to `into`, which outlives the parsing.
void add_load_arguments(CLI::App& to, load_options& into);

} // namespace stele::load
