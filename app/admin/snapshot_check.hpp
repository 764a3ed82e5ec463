// Holds every snapshot against the replay of its stream.
#pragma once

#include "app/admin/verify.hpp"

namespace stele::admin {

/// Adds what it compared, and what it found, to `report`.
stored<done> check_snapshots(store& storage, const registry& hosted, verify_report& report);

} // namespace stele::admin
