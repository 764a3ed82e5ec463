#include "persistence/postgres/view_indexes.hpp"

namespace stele::postgres {

namespace {

constexpr std::int64_t changes_min = 10'000; // Fewer say little.

struct added_index {
  std::string name, rest; ///< `rest`: from USING on.
  bool unique = false;
};

std::vector<added_index> added_indexes(connection& db, const std::string& table, const std::string& prefix) {
  parameters values;
  values.add_text(db.in_schema(table)).add_text(prefix);
  const result rows = db.run("SELECT c.relname::text, pg_get_indexdef(i.indexrelid), i.indisunique FROM pg_index i "
                             "JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass($1) "
                             "AND NOT i.indisprimary AND NOT starts_with(c.relname::text, $2) ORDER BY 1",
                             values);
  std::vector<added_index> found;
  for (int row = 0; row < rows.rows(); ++row) {
    const std::string_view whole = rows.text(row, 1);
    found.push_back(
        {std::string(rows.text(row, 0)), std::string(whole.substr(whole.find(" USING "))), rows.integer(row, 2) != 0});
  }
  return found;
}

std::string as_list(const std::vector<std::vector<std::string>>& indexes) {
  std::string text;
  for (const auto& index : indexes) {
    std::string columns;
    for (const std::string& name : index) columns += (columns.empty() ? "" : ", ") + name;
    text += (text.empty() ? "(" : ", (") + columns + ")";
  }
  return text;
}

} // namespace

/// Nulls come first, as selections order them.
void make_indexes(connection& db, const table_schema& schema, const std::string& table, const std::string& prefix) {
  std::size_t number = 0;
  for (const auto& index : schema.indexes) {
    std::string columns;
    for (const std::string& name : index) columns += (columns.empty() ? "" : ", ") + quoted(name) + " NULLS FIRST";
    db.execute("CREATE INDEX " + quoted(prefix + std::to_string(++number)) + " ON " + table + " (" + columns + ")");
  }
}

void carry_indexes_over(connection& db, const std::string& from, const std::string& prefix, const std::string& to,
                        const warner& warn) {
  for (const added_index& it : added_indexes(db, from, prefix)) {
    db.execute("SAVEPOINT one_index");
    try {
      db.execute("ALTER INDEX stele." + quoted(it.name) + " RENAME TO " + quoted(prefix + "old_" + it.name));
      db.execute(std::string("CREATE ") + (it.unique ? "UNIQUE " : "") + "INDEX " + quoted(it.name) + " ON " + to +
                 it.rest);
    } catch (const failure& why) {
      if (!db.usable()) throw;
      db.execute("ROLLBACK TO one_index");
      if (warn) warn("index " + it.name + " is left out of the rebuilt table " + to + ": " + why.what());
    }
  }
}

std::optional<std::string> cost_of_indexes(connection& db, const table_schema& schema, const std::string& table) {
  if (schema.indexes.empty()) return std::nullopt;
  parameters values;
  values.add_text(db.in_schema(table));
  const result rows =
      db.run("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = to_regclass($1)", values);
  if (rows.rows() == 0) return std::nullopt;
  const std::int64_t changes = rows.integer(0, 0), in_place = rows.integer(0, 1);
  if (changes < changes_min || in_place * 2 >= changes) return std::nullopt;
  return "view " + schema.name + ": of " + std::to_string(changes) + " changes of rows only " +
         std::to_string(in_place) + " could leave its indexes alone, the others were written to each of them: one of " +
         as_list(schema.indexes) + " covers a column that changes often; leave it out if queries can do without";
}

} // namespace stele::postgres
