#include "persistence/postgres/view_tables.hpp"

#include "persistence/row_check.hpp"

#include <algorithm>
#include <map>

namespace stele::postgres {

namespace {

constexpr std::size_t name_bytes_max = 63; // Of PostgreSQL.
constexpr std::size_t view_bytes_max = 40; // Leaves room for the generation and the number of an index.
constexpr int free_for_updates = 80; // In percent: a changed row finds room in its page, and indexes stay as they are.

std::string next_name(const std::string& view, std::uint32_t generation) {
  return view + "__" + std::to_string(generation);
}

/// How the names of the indexes begin that are made with a generation.
std::string index_prefix(const std::string& view, std::uint32_t generation) {
  return next_name(view, generation) + "__";
}

std::string in_store(const std::string& table) { return "stele." + quoted(table); }

const char* type_of(column_type type) {
  const std::string_view kind = storage_kind(type);
  return kind == "TEXT" ? "text" : kind == "REAL" ? "double precision" : "bigint";
}

struct generation_row {
  std::uint32_t generation = 0, version = 0;
  std::string state, aggregate;
  std::uint64_t description_hash = 0;

  bool made_from(const view_definition& view) const {
    return aggregate == view.aggregate && version == view.version && description_hash == view.description_hash;
  }
};

std::vector<generation_row> read_generations(connection& db, const std::string& view) {
  parameters values;
  values.add_text(view);
  const result rows = db.run("SELECT generation, version, state, aggregate, description_hash FROM stele.es_views "
                             "WHERE view = $1 ORDER BY generation",
                             values);
  std::vector<generation_row> found;
  for (int row = 0; row < rows.rows(); ++row)
    found.push_back({static_cast<std::uint32_t>(rows.integer(row, 0)), static_cast<std::uint32_t>(rows.integer(row, 1)),
                     std::string(rows.text(row, 2)), std::string(rows.text(row, 3)),
                     static_cast<std::uint64_t>(rows.integer(row, 4))});
  return found;
}

/// The columns of a table with their types.
std::map<std::string, std::string, std::less<>> columns_of(connection& db, const std::string& table) {
  parameters values;
  values.add_text(db.in_schema(table));
  const result rows = db.run("SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute "
                             "WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
                             values);
  std::map<std::string, std::string, std::less<>> found;
  for (int row = 0; row < rows.rows(); ++row) found.emplace(rows.text(row, 0), rows.text(row, 1));
  return found;
}

located_table locate(connection& db, const view_definition& view, const generation_row& it) {
  const bool serving = it.state == "serving";
  const std::string table = in_store(serving ? view.schema.name : next_name(view.schema.name, it.generation));
  located_table found{table, it.generation, std::vector<bool>(view.schema.columns.size(), true), true, serving};
  if (it.description_hash == view.description_hash) return found;
  found.current = false;
  const auto there = columns_of(db, table);
  for (std::size_t i = 0; i < view.schema.columns.size(); ++i) {
    const auto at = there.find(view.schema.columns[i].name);
    found.has_column[i] = at != there.end() && at->second == type_of(view.schema.columns[i].type);
  }
  return found;
}

void make_table(connection& db, const view_definition& view, const std::string& table) {
  std::string sql = "CREATE TABLE " + in_store(table) + " (";
  for (const column& it : view.schema.columns) {
    sql += quoted(it.name) + " " + type_of(it.type);
    if (storage_kind(it.type) == "TEXT") sql += " COLLATE \"C\"";
    if (!it.nullable) sql += " NOT NULL";
    sql += ", ";
  }
  db.execute(sql + "PRIMARY KEY (" + quoted(view.schema.columns[0].name) +
             ")) WITH (fillfactor = " + std::to_string(free_for_updates) + ")");
}

void make_generation(connection& db, const view_definition& view, std::uint32_t generation, const std::string& state,
                     std::uint32_t shards) {
  const std::string& name = view.schema.name;
  const bool serving = state == "serving";
  make_table(db, view, serving ? name : next_name(name, generation));
  if (serving)
    make_indexes(db, view.schema, in_store(name),
                 index_prefix(name, generation)); // Else they are made when the table is full.
  parameters values;
  values.add_text(name).add_integer(generation).add_text(state).add_text(view.aggregate).add_bigint(view.version);
  values.add_signed(static_cast<std::int64_t>(view.description_hash));
  db.run("INSERT INTO stele.es_views (view, generation, state, aggregate, version, description_hash) "
         "VALUES ($1, $2, $3, $4, $5, $6)",
         values);
  parameters start;
  start.add_text(name).add_integer(generation).add_integer(shards);
  db.run("INSERT INTO stele.es_checkpoints (view, generation, shard, position) "
         "SELECT $1, $2, s, 0 FROM generate_series(0, $3 - 1) s",
         start);
}

/// Only one at a time makes, swaps or drops the tables of a view.
void lock_view(connection& db, const std::string& view) {
  parameters values;
  values.add_text("stele view " + db.schema() + "." + view);
  db.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", values);
}

void retire(connection& db, const std::string& view, std::uint32_t generation, const std::string& table) {
  parameters values;
  values.add_text(view).add_integer(generation);
  db.run("DELETE FROM stele.es_checkpoints WHERE view = $1 AND generation = $2", values);
  db.run("UPDATE stele.es_views SET state = 'gone' WHERE view = $1 AND generation = $2", values);
  db.execute("DROP TABLE " + in_store(table));
}

} // namespace

stored<done> check_names(const view_definition& view) {
  const std::string& name = view.schema.name;
  if (name.size() > view_bytes_max || fold_ascii(name).starts_with("es_"))
    return store_error{store_fault::refused, "a view of a PostgreSQL store can't be called " + name + ": at most " +
                                                 std::to_string(view_bytes_max) + " letters, and not es_…"};
  for (const column& it : view.schema.columns)
    if (it.name.size() > name_bytes_max)
      return store_error{store_fault::refused, "view " + name + ": column " + it.name + " has more than " +
                                                   std::to_string(name_bytes_max) + " letters"};
  return done{};
}

view_places find_places(connection& db, const view_definition& view) {
  view_places found;
  for (const generation_row& it : read_generations(db, view.schema.name)) {
    found.last = std::max(found.last, it.generation);
    if (it.state == "serving") {
      found.serving = locate(db, view, it);
      found.serving_version = it.version;
      found.made_from_this = it.made_from(view);
    }
    if (it.state == "next") {
      found.next = locate(db, view, it);
      found.next_is_for_this = it.made_from(view);
    }
  }
  return found;
}

view_places open_tables(connection& db, const view_definition& view, std::uint32_t shards) {
  view_places found = find_places(db, view);
  if (found.serving && (!found.next || found.next_is_for_this)) return found;
  transaction whole(db);
  lock_view(db, view.schema.name);
  found = find_places(db, view);
  if (!found.serving) make_generation(db, view, found.last + 1, "serving", shards);
  if (found.next && !found.next_is_for_this)
    retire(db, view.schema.name, found.next->generation, next_name(view.schema.name, found.next->generation));
  found = find_places(db, view);
  whole.commit();
  return found;
}

stored<std::uint32_t> begin_rebuild(connection& db, const view_definition& view, std::uint32_t serving,
                                    std::uint32_t shards) {
  const std::string& name = view.schema.name;
  transaction whole(db);
  lock_view(db, name);
  const view_places found = find_places(db, view);
  if (!found.serving || found.serving->generation != serving) return generation_gone(name, serving);
  if (found.next) retire(db, name, found.next->generation, next_name(name, found.next->generation));
  make_generation(db, view, found.last + 1, "next", shards);
  whole.commit();
  return found.last + 1;
}

stored<done> finish_rebuild(connection& db, const view_definition& view, std::uint32_t generation, const warner& warn) {
  const std::string& name = view.schema.name;
  transaction whole(db);
  lock_view(db, name);
  const view_places found = find_places(db, view);
  if (!found.next || found.next->generation != generation) return generation_gone(name, generation);
  make_indexes(db, view.schema, found.next->name, index_prefix(name, generation));
  carry_indexes_over(db, found.serving->name, index_prefix(name, found.serving->generation), found.next->name, warn);
  retire(db, name, found.serving->generation, name);
  db.execute("ALTER TABLE " + found.next->name + " RENAME TO " + quoted(name));
  parameters values;
  values.add_text(name).add_integer(generation);
  db.run("UPDATE stele.es_views SET state = 'serving' WHERE view = $1 AND generation = $2", values);
  db.run("DELETE FROM stele.es_views WHERE view = $1 AND state = 'gone' AND generation < $2", values);
  whole.commit();
  return done{};
}

stored<done> cancel_rebuild(connection& db, const view_definition& view, std::uint32_t generation) {
  const std::string& name = view.schema.name;
  transaction whole(db);
  lock_view(db, name);
  const view_places found = find_places(db, view);
  if (found.next && found.next->generation == generation) retire(db, name, generation, next_name(name, generation));
  whole.commit();
  return done{};
}

store_error generation_gone(const std::string& view, std::uint32_t generation) {
  return {store_fault::fenced, "generation " + std::to_string(generation) + " of view " + view + " is gone"};
}

} // namespace stele::postgres
