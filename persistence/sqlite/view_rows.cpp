#include "persistence/sqlite/view_rows.hpp"

#include "persistence/sqlite/selection_sql.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace stele::sqlite {

namespace {

/// It didn't take a row for what it is: a constraint, the type of a column, a trigger, a length said no.
bool takes_no_such_row(const failure& it) {
  const int kind = it.code() & 0xFF;
  return kind == SQLITE_CONSTRAINT || kind == SQLITE_MISMATCH || kind == SQLITE_TOOBIG;
}

std::string upsert_sql(const table_schema& schema, const located_table& table) {
  std::string names, marks, changes;
  for (const column& it : schema.columns) {
    names += (names.empty() ? "" : ", ") + quoted(it.name);
    marks += marks.empty() ? "?" : ", ?";
    if (&it != &schema.columns.front())
      changes += (changes.empty() ? "" : ", ") + quoted(it.name) + " = excluded." + quoted(it.name);
  }
  return "INSERT INTO " + table.name + " (" + names + ") VALUES (" + marks + ") ON CONFLICT (" +
         quoted(schema.columns[0].name) + ") DO " + (changes.empty() ? "NOTHING" : "UPDATE SET " + changes);
}

row_values read_row(const cursor& rows, const table_schema& schema) {
  row_values row;
  row.reserve(schema.columns.size());
  for (std::size_t i = 0; i < schema.columns.size(); ++i)
    row.push_back(rows.value(static_cast<int>(i), schema.columns[i].type));
  return row;
}

/// True when every checkpoint is where its move begins. Nobody else writes: it stays so until they are moved.
bool stand(connection& db, const view_write& what) {
  statement& find =
      db.prepared("SELECT 1 FROM checkpoints WHERE view = ? AND generation = ? AND shard = ? AND position = ?");
  return std::all_of(what.moves.begin(), what.moves.end(), [&](const checkpoint_move& it) {
    return find.select(what.table.view, what.table.generation, it.shard, it.from).next();
  });
}

std::vector<shard_number> shards_of(const std::vector<checkpoint_move>& moves) {
  std::vector<shard_number> shards;
  for (const checkpoint_move& it : moves) shards.push_back(it.shard);
  return shards;
}

std::vector<shard_number> move_checkpoints(connection& db, const view_write& what) {
  if (what.together && !stand(db, what)) return shards_of(what.moves);
  std::vector<shard_number> refused;
  statement& move = db.prepared("UPDATE checkpoints SET position = ? WHERE view = ? AND generation = ? AND shard = ? "
                                "AND position = ?");
  for (const checkpoint_move& it : what.moves) {
    move.run(it.to, what.table.view, what.table.generation, it.shard, it.from);
    if (db.changes() == 0) refused.push_back(it.shard);
  }
  return refused;
}

int bind_all(statement& into, const std::vector<field_value>& values) {
  int at = 0;
  for (const field_value& value : values) into.bind(++at, value);
  return at;
}

} // namespace

stored<std::vector<shard_number>> write_rows(connection& db, const view_definition& view, const located_table& table,
                                             const view_write& what) {
  if (!table.current)
    return store_error{store_fault::refused, "the table of view " + view.schema.name +
                                                 " was made from another description; rebuild it before writing"};
  auto refused = move_checkpoints(db, what);
  statement& put = db.prepared_anew(upsert_sql(view.schema, table));
  for (const row_write& it : what.rows) {
    if (std::find(refused.begin(), refused.end(), it.shard) != refused.end()) continue;
    try {
      bind_all(put, it.row);
      put.run();
    } catch (const failure& why) {
      if (!takes_no_such_row(why)) throw;
      return store_error{store_fault::conflict, why.what()};
    }
  }
  return refused;
}

read_rows read_by_key(connection& db, const table_schema& schema, const located_table& table,
                      const std::vector<std::string>& keys) {
  statement& find = db.prepared_anew("SELECT " + column_list(schema, table) + " FROM " + table.name + " WHERE " +
                                     quoted(schema.columns[0].name) + " = ?");
  read_rows found;
  found.rows.reserve(keys.size());
  for (const std::string& key : keys) {
    auto rows = find.select(key);
    found.rows.push_back(rows.next() ? std::optional(read_row(rows, schema)) : std::nullopt);
  }
  return found;
}

row_page select_rows(connection& db, const table_schema& schema, const located_table& table,
                     const checked_selection& what) {
  const selection_sql sql = to_sql(schema, table, what);
  row_page page;
  {
    statement& count = db.prepared_anew(sql.count);
    bind_all(count, sql.values);
    auto rows = count.select();
    if (rows.next()) page.total = static_cast<std::uint64_t>(rows.integer(0));
  }
  if (what.offset >= page.total) return page;
  statement& select = db.prepared_anew(sql.page);
  const int bound = bind_all(select, sql.values);
  select.bind(bound + 1, what.limit);
  select.bind(bound + 2, what.offset);
  auto rows = select.select();
  while (rows.next()) page.rows.push_back(read_row(rows, schema));
  return page;
}

view_store::checksum sum_rows(connection& db, const table_schema& schema, const located_table& table) {
  view_store::checksum answer;
  auto rows = db.prepared_anew("SELECT " + column_list(schema, table) + " FROM " + table.name).select();
  while (rows.next()) {
    ++answer.rows;
    answer.sum += row_hash(read_row(rows, schema));
  }
  return answer;
}

} // namespace stele::sqlite
