// The indexes of a view's table: declared ones, those an administrator added, and what they cost.
#pragma once

#include "persistence/postgres/connection.hpp"
#include "persistence/row.hpp"

namespace stele::postgres {

/// Hears sentences for the log.
using warner = std::function<void(const std::string&)>;

/// Makes those the view declares; their names begin with `prefix`. Tables are given as SQL has them.
void make_indexes(connection& db, const table_schema& schema, const std::string& table, const std::string& prefix);

/// Makes on `to` what `from` has beside its key and the indexes whose names begin with `prefix`, and gives it their
/// names: `from` is about to be dropped. One that does not fit the new columns is left out, and `warn` hears of it.
void carry_indexes_over(connection& db, const std::string& from, const std::string& prefix, const std::string& to,
                        const warner& warn);

/// A sentence when most changes of rows had to be written to every index: then an index covers a column that changes
/// often. Measured, as no declaration says how often a column changes; nothing before there were enough changes.
std::optional<std::string> cost_of_indexes(connection& db, const table_schema& schema, const std::string& table);

} // namespace stele::postgres
