#include "persistence/sqlite/view_tables.hpp"

#include "persistence/row_check.hpp"

#include <algorithm>
#include <map>

namespace stele::sqlite {

namespace {

constexpr int sweep_rows = 500;

/// The rows of table `views` that speak of one view.
struct generation_row {
  std::uint32_t generation = 0;
  std::string state, aggregate;
  std::uint32_t version = 0;
  std::uint64_t description_hash = 0;
};

struct generations {
  std::optional<generation_row> serving, next;
  std::uint32_t last = 0;
};

generations read_generations(connection& db, const std::string& view) {
  auto rows = db.prepared("SELECT generation, state, aggregate, version, description_hash FROM views WHERE view = ?")
                  .select(view);
  generations found;
  while (rows.next()) {
    generation_row it{static_cast<std::uint32_t>(rows.integer(0)), std::string(rows.text(1)), std::string(rows.text(2)),
                      static_cast<std::uint32_t>(rows.integer(3)), static_cast<std::uint64_t>(rows.integer(4))};
    found.last = std::max(found.last, it.generation);
    if (it.state == "serving") found.serving = it;
    if (it.state == "next") found.next = it;
  }
  return found;
}

bool made_from(const generation_row& it, const view_definition& view) {
  return it.aggregate == view.aggregate && it.version == view.version && it.description_hash == view.description_hash;
}

std::string next_name(const std::string& view, std::uint32_t generation) {
  return view + "__" + std::to_string(generation);
}

store_error gone(const std::string& view, std::uint32_t generation) {
  return {store_fault::fenced, "generation " + std::to_string(generation) + " of view " + view + " is gone"};
}

void make_indexes(connection& db, const view_definition& view, const std::string& table, std::uint32_t generation) {
  std::size_t number = 0;
  for (const auto& index : view.schema.indexes) {
    std::string columns;
    for (const std::string& name : index) columns += (columns.empty() ? "" : ", ") + quoted(name);
    db.execute("CREATE INDEX " + quoted(next_name(view.schema.name, generation) + "__" + std::to_string(++number)) +
               " ON " + quoted(table) + " (" + columns + ")");
  }
}

void make_table(connection& db, const view_definition& view, const std::string& table) {
  std::string sql = "CREATE TABLE " + quoted(table) + " (";
  for (const column& it : view.schema.columns) {
    sql += quoted(it.name) + " " + std::string(storage_kind(it.type));
    if (storage_kind(it.type) == "TEXT") sql += " COLLATE BINARY";
    if (!it.nullable) sql += " NOT NULL";
    sql += ", ";
  }
  db.execute(sql + "PRIMARY KEY (" + quoted(view.schema.columns[0].name) + ")) STRICT, WITHOUT ROWID");
}

void make_generation(connection& db, const view_definition& view, std::uint32_t generation, const char* state,
                     std::uint32_t shards) {
  const std::string& name = view.schema.name;
  const std::string table = std::string_view(state) == "serving" ? name : next_name(name, generation);
  make_table(db, view, table);
  make_indexes(db, view, table, generation);
  db.prepared("INSERT INTO views (view, generation, state, aggregate, version, description_hash) "
              "VALUES (?, ?, ?, ?, ?, ?)")
      .run(name, generation, state, view.aggregate, view.version, view.description_hash);
  statement& start = db.prepared("INSERT INTO checkpoints (view, generation, shard, position) VALUES (?, ?, ?, 0)");
  for (shard_number shard = 0; shard < shards; ++shard) start.run(name, generation, shard);
}

/// Takes a generation out of use. Its rows are deleted later, bit by bit: dropping a big table would hold up appends.
void retire(connection& db, const std::string& view, std::uint32_t generation, const std::string& table) {
  const std::string away = next_name(view, generation) + "__retired";
  db.execute("ALTER TABLE " + quoted(table) + " RENAME TO " + quoted(away));
  db.prepared("INSERT INTO retired (table_name) VALUES (?)").run(away);
  db.prepared("DELETE FROM checkpoints WHERE view = ? AND generation = ?").run(view, generation);
  db.prepared("UPDATE views SET state = 'gone' WHERE view = ? AND generation = ?").run(view, generation);
}

/// The columns of a table with their kinds, as SQLite has them.
std::map<std::string, std::string> columns_of(connection& db, const std::string& table) {
  std::map<std::string, std::string> found;
  auto rows = db.prepared("SELECT name, type FROM pragma_table_info(?)").select(table);
  while (rows.next()) found.emplace(rows.text(0), rows.text(1));
  return found;
}

stored<located_table> locate(connection& db, const view_definition& view, const generation_row& it) {
  const bool serving = it.state == "serving";
  const std::string table = serving ? view.schema.name : next_name(view.schema.name, it.generation);
  located_table found{quoted(table), it.generation, std::vector<bool>(view.schema.columns.size(), true), true};
  if (it.description_hash == view.description_hash) return found;
  found.current = false;
  const auto there = columns_of(db, table);
  for (std::size_t i = 0; i < view.schema.columns.size(); ++i) {
    const auto at = there.find(view.schema.columns[i].name);
    found.has_column[i] = at != there.end() && at->second == storage_kind(view.schema.columns[i].type);
  }
  if (found.has_column[0]) return found;
  return store_error{store_fault::refused,
                     "view " + view.schema.name + " got another key and is being rebuilt; ask again later"};
}

view_status status_of(const generations& found, const view_definition& view) {
  view_status status{found.serving->generation, found.serving->version, made_from(*found.serving, view), std::nullopt};
  if (found.next && made_from(*found.next, view)) status.next = found.next->generation;
  return status;
}

} // namespace

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

view_status open_table(connection& db, const view_definition& view, std::uint32_t shards) {
  const std::string& name = view.schema.name;
  generations found = read_generations(db, name);
  if (!found.serving) {
    make_generation(db, view, found.last + 1, "serving", shards);
    found = read_generations(db, name);
  }
  if (found.next && !made_from(*found.next, view))
    retire(db, name, found.next->generation, next_name(name, found.next->generation));
  return status_of(found, view);
}

stored<view_status> inspect_table(connection& db, const view_definition& view) {
  const generations found = read_generations(db, view.schema.name);
  if (!found.serving)
    return store_error{store_fault::refused,
                       "the store has no table of view " + view.schema.name + " yet; start a node on it"};
  return status_of(found, view);
}

stored<located_table> find_table(connection& db, const view_definition& view, std::uint32_t generation) {
  const generations found = read_generations(db, view.schema.name);
  if (found.serving && found.serving->generation == generation) return locate(db, view, *found.serving);
  if (found.next && found.next->generation == generation) return locate(db, view, *found.next);
  return gone(view.schema.name, generation);
}

stored<located_table> find_readable(connection& db, const view_definition& view, std::uint32_t generation) {
  const generations found = read_generations(db, view.schema.name);
  if (found.next && found.next->generation == generation) return locate(db, view, *found.next);
  if (found.serving && generation <= found.serving->generation) return locate(db, view, *found.serving);
  return gone(view.schema.name, generation);
}

stored<std::uint32_t> begin_rebuild(connection& db, const view_definition& view, std::uint32_t serving,
                                    std::uint32_t shards) {
  const std::string& name = view.schema.name;
  const generations found = read_generations(db, name);
  if (!found.serving || found.serving->generation != serving) return gone(name, serving);
  if (found.next) retire(db, name, found.next->generation, next_name(name, found.next->generation));
  make_generation(db, view, found.last + 1, "next", shards);
  return found.last + 1;
}

stored<done> finish_rebuild(connection& db, const view_definition& view, std::uint32_t generation) {
  const std::string& name = view.schema.name;
  const generations found = read_generations(db, name);
  if (!found.next || found.next->generation != generation) return gone(name, generation);
  retire(db, name, found.serving->generation, name);
  db.execute("ALTER TABLE " + quoted(next_name(name, generation)) + " RENAME TO " + quoted(name));
  db.prepared("UPDATE views SET state = 'serving' WHERE view = ? AND generation = ?").run(name, generation);
  db.prepared("DELETE FROM views WHERE view = ? AND state = 'gone' AND generation < ?").run(name, generation);
  return done{};
}

stored<done> cancel_rebuild(connection& db, const view_definition& view, std::uint32_t generation) {
  const generations found = read_generations(db, view.schema.name);
  if (found.next && found.next->generation == generation)
    retire(db, view.schema.name, generation, next_name(view.schema.name, generation));
  return done{};
}

bool sweep_retired(connection& db) {
  std::string table, key;
  {
    auto rows = db.prepared("SELECT table_name FROM retired LIMIT 1").select();
    if (!rows.next()) return false;
    table = rows.text(0);
  }
  {
    auto rows = db.prepared("SELECT name FROM pragma_table_info(?) WHERE pk = 1").select(table);
    if (rows.next()) key = quoted(rows.text(0));
  }
  db.prepared_anew("DELETE FROM " + quoted(table) + " WHERE " + key + " IN (SELECT " + key + " FROM " + quoted(table) +
                   " LIMIT " + std::to_string(sweep_rows) + ")")
      .run();
  if (db.changes() >= sweep_rows) return true;
  db.execute("DROP TABLE " + quoted(table));
  db.prepared("DELETE FROM retired WHERE table_name = ?").run(table);
  return db.integer("SELECT count(*) FROM retired") > 0;
}

std::vector<shard_position> read_checkpoints(connection& db, const std::string& view, std::uint32_t generation,
                                             std::uint32_t shards) {
  std::vector<shard_position> positions(shards);
  auto rows =
      db.prepared("SELECT shard, position FROM checkpoints WHERE view = ? AND generation = ?").select(view, generation);
  while (rows.next())
    if (const auto shard = static_cast<shard_number>(rows.integer(0)); shard < shards)
      positions[shard] = static_cast<shard_position>(rows.integer(1));
  return positions;
}

} // namespace stele::sqlite
