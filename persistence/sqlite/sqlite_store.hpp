// Store in a SQLite file: the embedded default.
#pragma once

#include "persistence/store.hpp"

#include <string>

namespace stele::sqlite {

/// Opens, and makes if it is new, the store in `file`; its folder, too. `options.uri` is not read.
///
/// The file is this process's alone: FILE.lock is held until the store is closed. Threads: one that writes,
/// `options.readers` that read. Fails with `refused` or `corrupt` and a sentence that names the file.
stored<std::unique_ptr<store>> open_sqlite_store(const std::string& file, const store_options& options);

} // namespace stele::sqlite
