// Holds commands that somebody was told of against the log in a PostgreSQL store.
#pragma once

#include "tests/drills/cluster_load.hpp"

namespace drill {

/// Each is one event, at the version that was told, and nothing is there twice. `nobody_else`: nothing else was sent,
/// so every event is one that somebody was told of. What is not so is named in `broken`. The number of events in the
/// log.
std::string check_told(const stele::kit::postgres_server& store, const std::vector<told_command>& told,
                       bool nobody_else, std::vector<std::string>& broken);

} // namespace drill
