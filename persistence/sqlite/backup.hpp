// Copies a SQLite store while it is in use.
#pragma once

#include "persistence/sqlite/connection.hpp"

namespace stele::sqlite {

/// Copies all that `from` sees in its transaction to `file`, which must not exist, and gives the copy a history of its
/// own: it may grow apart from the original, whose tokens it must not honour. The file appears whole or not at all.
stored<done> copy_store(connection& from, const std::string& file);

} // namespace stele::sqlite
