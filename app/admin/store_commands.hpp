// Commands that open a store themselves, while no node has it.
#pragma once

#include "actors/registry.hpp"
#include "persistence/store.hpp"

#include <string>

namespace stele::admin {

// Each answers the exit code: 0, or 1 with a sentence on stderr.

/// Checks the whole store and prints what was checked; 1 when something is wrong.
int verify_store(store_options options, const registry& hosted, bool json);

/// Writes the history to a file, or to stdout when it is `-`. A file that exists is not overwritten.
int export_store(store_options options, const std::string& file);

/// Reads an export into a store without events.
int import_store(store_options options, const std::string& file);

} // namespace stele::admin
