// The schema of a store's file: made, checked and brought up to date when it is opened.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/sqlite/connection.hpp"

namespace stele::sqlite {

/// Number of the newest migration this build knows: what it writes into new files.
int schema_version();

/// Makes the schema of a new file or runs the migrations an older one lacks, in one transaction. Fails with `refused`
/// when the file is no store, was made by a newer version, or by other migrations than the ones built in.
stored<done> migrate(connection& db, const std::string& file);

/// The same checks without a change; an older file is refused, too.
stored<done> check_schema(connection& db, const std::string& file);

/// What the row of table `store` says.
struct store_row {
  store_identity identity;
  std::int64_t epoch = 0;
  bool clean = true; ///< False: the last owner did not close it.
};

/// Reads it. Fails with `refused` when it was made with another number of shards than `shards`.
stored<store_row> read_store(connection& db, const std::string& file, std::uint32_t shards);

/// Makes the row if there is none, else raises the epoch; marks the store as open.
stored<store_row> claim_store(connection& db, const std::string& file, std::uint32_t shards);

/// Quick check of the file's structure after an unclean stop. Fails with `corrupt` and the first thing found.
stored<done> check_structure(connection& db, const std::string& file);

} // namespace stele::sqlite
