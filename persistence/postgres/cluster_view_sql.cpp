#include "persistence/postgres/cluster_view_sql.hpp"

namespace stele::postgres {

namespace {

enum class row_kind : std::int64_t { number, member, shard };

/// In kind `number` the place is the view's number, in `member` the node's, in `shard` the shard's.
const std::string view_sql =
    "SELECT 0 AS kind, stele.es_view_number() AS place, 0::bigint AS node, 0::bigint AS epoch, 0::bigint AS lease, "
    "'' AS name, '' AS status, '' AS cluster, '' AS gateway, '' AS http, 0::bigint AS weight, 0::bigint AS build "
    "UNION ALL SELECT 1, m.node_id, m.node_id, 0, (extract(epoch FROM greatest(h.expires_at, t.now - interval '1 day') "
    "- t.now) * 1000)::bigint, m.name, m.status, m.cluster, m.gateway, m.http, m.weight, m.build "
    "FROM stele.es_members m JOIN stele.es_heartbeats h USING (node_id), (SELECT clock_timestamp() AS now) t "
    "WHERE m.status <> 'dead' "
    "UNION ALL SELECT 2, shard, node_id, epoch, 0, '', '', '', '', '', 0, 0 FROM stele.es_shards ORDER BY 1, 2";

member_status status_of(std::string_view text) {
  if (text == "joining") return member_status::joining;
  if (text == "active") return member_status::active;
  if (text == "leaving") return member_status::leaving;
  return member_status::dead;
}

std::uint64_t number_at(const result& rows, int row, int column) {
  return static_cast<std::uint64_t>(rows.integer(row, column));
}

member member_at(const result& rows, int row) {
  member it;
  it.number = number_at(rows, row, 1);
  it.lease_left_ms = rows.integer(row, 4);
  it.name = rows.text(row, 5);
  it.status = status_of(rows.text(row, 6));
  it.at.cluster = rows.text(row, 7);
  it.at.gateway = rows.text(row, 8);
  it.at.http = rows.text(row, 9);
  it.at.weight = static_cast<std::uint32_t>(rows.integer(row, 10));
  it.at.build = static_cast<std::uint32_t>(rows.integer(row, 11));
  return it;
}

} // namespace

cluster_view read_cluster_view(connection& db) {
  const result rows = db.run(view_sql);
  cluster_view view;
  for (int row = 0; row < rows.rows(); ++row) switch (static_cast<row_kind>(rows.integer(row, 0))) {
    case row_kind::number:
      view.number = number_at(rows, row, 1);
      break;
    case row_kind::member:
      view.members.push_back(member_at(rows, row));
      break;
    case row_kind::shard:
      view.shards.push_back({number_at(rows, row, 2), number_at(rows, row, 3)}); // Nobody's: null reads as 0.
      break;
    }
  return view;
}

} // namespace stele::postgres
