#include "persistence/postgres/recovery.hpp"

#include "persistence/postgres/snapshots_sql.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace stele::postgres {

namespace {

/// The snapshots that are there, by stream.
std::unordered_map<std::string, snapshot> find_snapshots(connection& db, const std::vector<recovery>& wanted) {
  static const std::string sql =
      "SELECT " + std::string(snapshot_columns) + " FROM stele.es_snapshots WHERE stream_id = ANY ($1)";
  parameters values;
  values.begin_array(pg_type::text, wanted.size());
  for (const recovery& it : wanted) values.put_text(it.stream_id);
  const result rows = db.run(sql, values);
  std::unordered_map<std::string, snapshot> found;
  for (int row = 0; row < rows.rows(); ++row) {
    snapshot it = read_snapshot(rows, row);
    std::string id = it.stream_id;
    found.insert_or_assign(std::move(id), std::move(it));
  }
  return found;
}

/// One more than the limit: then the tail was cut.
std::int64_t rows_of(const recovery& it) {
  return static_cast<std::int64_t>(std::min<std::size_t>(it.limit, INT32_MAX - 1)) + 1;
}

void read_tails(connection& db, const std::vector<recovery>& wanted, std::vector<recovered_stream>& into) {
  static const std::string sql = "SELECT w.n, " + std::string(event_columns) +
                                 " FROM unnest($1, $2, $3) WITH ORDINALITY w(id, after, most, n) CROSS JOIN LATERAL "
                                 "(SELECT * FROM stele.es_events s WHERE s.stream_id = w.id AND s.version > w.after "
                                 "ORDER BY s.version LIMIT w.most) e ORDER BY w.n, e.version";
  parameters values;
  values.begin_array(pg_type::text, wanted.size());
  for (const recovery& it : wanted) values.put_text(it.stream_id);
  values.begin_array(pg_type::integer, wanted.size());
  for (const recovered_stream& it : into) values.put_integer(it.base ? static_cast<std::int64_t>(it.base->version) : 0);
  values.begin_array(pg_type::bigint, wanted.size());
  for (const recovery& it : wanted) values.put_signed(rows_of(it));
  const result rows = db.run(sql, values);
  for (int row = 0; row < rows.rows(); ++row)
    into[static_cast<std::size_t>(rows.integer(row, 0) - 1)].tail.push_back(read_event(rows, row, 1));
}

} // namespace

std::vector<stored<recovered_stream>> recover_streams(connection& db, const std::vector<recovery>& wanted) {
  std::vector<recovered_stream> found(wanted.size());
  const auto bases = find_snapshots(db, wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (const auto base = bases.find(wanted[i].stream_id); base != bases.end()) found[i].base = base->second;
  read_tails(db, wanted, found);
  std::vector<stored<recovered_stream>> answers;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    found[i].more = found[i].tail.size() > wanted[i].limit;
    if (found[i].more) found[i].tail.pop_back();
    answers.emplace_back(std::move(found[i]));
  }
  return answers;
}

std::vector<stored<done>> prove_lanes(connection& db, std::uint64_t node, const std::vector<fence_question>& wanted) {
  parameters values;
  values.add_bigint(node);
  const result rows = db.run("SELECT lane FROM stele.es_lanes WHERE node_id = $1", values);
  std::set<std::int64_t> ours;
  for (int row = 0; row < rows.rows(); ++row) ours.insert(rows.integer(row, 0));
  std::vector<stored<done>> answers;
  for (const fence_question& it : wanted)
    if (ours.count(it.lane) > 0)
      answers.emplace_back(done{});
    else
      answers.emplace_back(store_error{store_fault::fenced, "another node has taken this one's shards"});
  return answers;
}

} // namespace stele::postgres
