// Damages copies of a store by hand, so that `stele verify` can show that it sees it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace drill {

/// One way to damage a store.
struct damage {
  std::string what;  ///< As a person would say it.
  std::string sql;   ///< Does it.
  std::string named; ///< What `stele verify` must say of it.
};

/// A row changed, a row deleted, a position skipped.
std::vector<damage> all_damages();

/// Copies the store in `file`, damages the copy and answers its file. Throws `std::runtime_error` when that fails.
std::filesystem::path damaged_copy(const std::filesystem::path& file, const damage& how);

} // namespace drill
