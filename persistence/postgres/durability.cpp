#include "persistence/postgres/durability.hpp"

namespace stele::postgres {

std::optional<std::string> weakness_of(connection& db) {
  const result rows = db.run("SELECT name, setting FROM pg_settings WHERE setting = 'off' AND name IN "
                             "('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name");
  if (rows.rows() == 0) return std::nullopt;
  std::string names;
  for (int row = 0; row < rows.rows(); ++row)
    names += (row > 0 ? ", " : "") + std::string(rows.text(row, 0)) + " = off";
  return "PostgreSQL runs with " + names +
         ": a crash can lose events that were acknowledged; turn it on, or set "
         "store.durability = warn";
}

} // namespace stele::postgres
