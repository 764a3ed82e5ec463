// Whether the server keeps what it has acknowledged.
#pragma once

#include "persistence/postgres/connection.hpp"

#include <optional>

namespace stele::postgres {

/// A sentence that names the settings by which a power cut or a crash would lose acknowledged events; nothing when all
/// is well.
std::optional<std::string> weakness_of(connection& db);

} // namespace stele::postgres
