// `stele check`: reads a history and a store, says what it checked and what was wrong first.
#pragma once

#include "actors/registry.hpp"
#include "app/check/verdicts.hpp"
#include "persistence/store.hpp"

#include <string>

namespace stele::check {

struct command_options {
  std::string history; ///< A file; `-` is stdin.
  bool only = false;   ///< The history is all that ever happened in the store.
  bool json = false;
};

/// Answers the exit code: 0 clean, 1 when a promise was broken, 2 with a sentence on stderr when the history or the
/// store can't be read.
int check_history(const command_options& options, store_options store, const registry& hosted);

} // namespace stele::check
