#include "persistence/postgres/view_rows.hpp"

#include "persistence/postgres/view_sql.hpp"

#include <charconv>
#include <unordered_map>
#include <unordered_set>

namespace stele::postgres {

namespace {

constexpr int rows_in_a_page = 10'000;

row_values read_row(const result& rows, int row, int first, const table_schema& schema) {
  row_values values;
  values.reserve(schema.columns.size());
  for (int i = 0; i < static_cast<int>(schema.columns.size()); ++i) {
    const std::string_view kind = storage_kind(schema.columns[static_cast<std::size_t>(i)].type);
    if (rows.is_null(row, first + i))
      values.emplace_back();
    else if (kind == "TEXT")
      values.emplace_back(unescape_text(rows.text(row, first + i)));
    else if (kind == "REAL")
      values.emplace_back(rows.real(row, first + i));
    else
      values.emplace_back(rows.integer(row, first + i));
  }
  return values;
}

/// Of rows with one key the last counts: a statement can't change a row twice.
std::vector<const row_write*> last_of_each(const std::vector<row_write>& rows) {
  std::unordered_map<std::string_view, std::size_t> places;
  std::vector<const row_write*> kept;
  kept.reserve(rows.size());
  for (const row_write& it : rows) {
    const auto [place, fresh] = places.try_emplace(std::get<std::string>(it.row[0]), kept.size());
    if (fresh)
      kept.push_back(&it);
    else
      kept[place->second] = &it;
  }
  return kept;
}

void put_field(parameters& into, const field_value& value) {
  if (std::holds_alternative<std::monostate>(value))
    into.put_null();
  else if (const auto* whole = std::get_if<std::int64_t>(&value))
    into.put_signed(*whole);
  else if (const auto* real = std::get_if<double>(&value))
    into.put_real(*real);
  else
    into.put_text(escape_text(std::get<std::string>(value)));
}

void add_moves(parameters& into, const view_write& what) {
  into.add_text(what.table.view).add_integer(what.table.generation);
  into.begin_array(pg_type::integer, what.moves.size());
  for (const checkpoint_move& it : what.moves) into.put_integer(it.shard);
  into.begin_array(pg_type::bigint, what.moves.size());
  for (const checkpoint_move& it : what.moves) into.put_bigint(it.from);
  into.begin_array(pg_type::bigint, what.moves.size());
  for (const checkpoint_move& it : what.moves) into.put_bigint(it.to);
}

void add_rows(parameters& into, const table_schema& schema, const std::vector<const row_write*>& rows) {
  into.begin_array(pg_type::integer, rows.size());
  for (const row_write* it : rows) into.put_integer(it->shard);
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const std::string_view kind = storage_kind(schema.columns[i].type);
    into.begin_array(kind == "TEXT" ? pg_type::text : kind == "REAL" ? pg_type::real : pg_type::bigint, rows.size());
    for (const row_write* it : rows) put_field(into, it->row[i]);
  }
}

/// Whether an index helps a search depends on what is searched for: such a selection is planned each time.
bool searches(const checked_selection& what) {
  for (const auto& group : what.where)
    for (const checked_condition& it : group)
      if (it.how == comparison::contains) return true;
  return false;
}

/// `7,0,3`, one for each shard.
std::vector<shard_position> split_positions(std::string_view text, std::uint32_t shards) {
  std::vector<shard_position> positions;
  positions.reserve(shards);
  for (const char *at = text.data(), *end = at + text.size(); at < end; ++at)
    at = std::from_chars(at, end, positions.emplace_back()).ptr;
  positions.resize(shards);
  return positions;
}

} // namespace

std::vector<shard_number> write_rows(connection& db, const view_definition& view, const located_table& table,
                                     const view_write& what) {
  parameters values;
  add_moves(values, what);
  add_rows(values, view.schema, last_of_each(what.rows));
  const result moved = db.run(write_sql(view.schema, table, what.together), values);
  std::unordered_set<std::int64_t> done_shards;
  for (int row = 0; row < moved.rows(); ++row) done_shards.insert(moved.integer(row, 0));
  std::vector<shard_number> refused;
  for (const checkpoint_move& it : what.moves)
    if (done_shards.count(it.shard) == 0) refused.push_back(it.shard);
  return refused;
}

read_rows read_by_key(connection& db, const table_schema& schema, const located_table& table,
                      const std::vector<std::string>& keys) {
  parameters values;
  values.begin_array(pg_type::text, keys.size());
  for (const std::string& key : keys) values.put_text(escape_text(key));
  const result rows = db.run("SELECT " + column_list(schema, table) + " FROM " + table.name + " WHERE " +
                                 quoted(schema.columns[0].name) + " = ANY ($1)",
                             values);
  std::unordered_map<std::string_view, std::size_t> places;
  places.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) places.try_emplace(keys[i], i);
  read_rows answer;
  answer.rows.resize(keys.size());
  for (int row = 0; row < rows.rows(); ++row) {
    row_values it = read_row(rows, row, 0, schema);
    if (const auto at = places.find(std::get<std::string>(it[0])); at != places.end())
      answer.rows[at->second] = std::move(it);
  }
  for (std::size_t i = 0; i < keys.size(); ++i) // Who asks for a key once more.
    if (const std::size_t first = places.at(keys[i]); first != i) answer.rows[i] = answer.rows[first];
  return answer;
}

selected_rows select_rows(connection& db, const view_definition& view, const located_table& table,
                          const checked_selection& what, std::uint32_t shards) {
  parameters values;
  const std::string sql = select_sql(view, table, what, values);
  const result rows = searches(what) ? db.run_once(sql, values) : db.run_if_room(sql, values);
  selected_rows found;
  found.page.total = static_cast<std::uint64_t>(rows.integer(0, 0));
  found.positions = split_positions(rows.text(0, 1), shards);
  for (int row = 0; row < rows.rows(); ++row)
    if (!rows.is_null(row, 2)) found.page.rows.push_back(read_row(rows, row, 2, view.schema)); // No key: an empty page.
  return found;
}

std::vector<shard_position> read_checkpoints(connection& db, const view_definition& view, const located_table& table,
                                             std::uint32_t shards) {
  parameters values;
  const std::string which = checkpoints_of(table, values, view.schema.name);
  const result rows = db.run("SELECT k.shard, k.position FROM stele.es_checkpoints k WHERE " + which, values);
  std::vector<shard_position> positions(shards);
  for (int row = 0; row < rows.rows(); ++row)
    if (const auto shard = static_cast<std::size_t>(rows.integer(row, 0)); shard < shards)
      positions[shard] = static_cast<shard_position>(rows.integer(row, 1));
  return positions;
}

view_store::checksum sum_rows(connection& db, const table_schema& schema, const located_table& table) {
  const std::string key = quoted(schema.columns[0].name);
  const std::string from = "SELECT " + column_list(schema, table) + " FROM " + table.name;
  const std::string order = " ORDER BY " + key + " LIMIT " + std::to_string(rows_in_a_page);
  transaction moment(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  view_store::checksum answer;
  result rows = db.run(from + order);
  while (rows.rows() > 0) {
    std::string last;
    for (int row = 0; row < rows.rows(); ++row) {
      const row_values it = read_row(rows, row, 0, schema);
      ++answer.rows;
      answer.sum += row_hash(it);
      if (row + 1 == rows.rows()) last = std::get<std::string>(it[0]);
    }
    parameters after;
    after.add_text(escape_text(last));
    rows = db.run(from + " WHERE " + key + " > $1" + order, after);
  }
  moment.commit();
  return answer;
}

} // namespace stele::postgres
