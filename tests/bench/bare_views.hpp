// What PostgreSQL itself gives a view: rows upserted in batches under their checkpoints, and looked up by key.
#pragma once

#include "domain/order_view.hpp"
#include "persistence/postgres/view_sql.hpp"
#include "tests/bench/bare_postgres.hpp"

#include <unordered_map>
#include <vector>

namespace bench {

/// One row of the view of orders, as a bare program would hold it.
struct bare_row {
  std::string order_id, customer_id;
  stele::shard_number shard = 0;
  std::int64_t total = 0, items = 0, created_at = 0, version = 0;
};

/// A checkpoint moved with the rows.
struct bare_move {
  stele::shard_number shard = 0;
  std::uint64_t from = 0, to = 0;
};

/// A table like that of the view, with its three indexes, and a connection that writes to it.
class bare_view {
public:
  explicit bare_view(const std::string& uri) : db_(connect_bare(uri)) {
    run_script(uri, "DROP SCHEMA IF EXISTS bare_view CASCADE; CREATE SCHEMA bare_view;"
                    "CREATE TABLE bare_view.es_checkpoints (view text COLLATE \"C\", generation int, shard int, "
                    "position bigint NOT NULL, PRIMARY KEY (view, generation, shard)) WITH (fillfactor = 50);"
                    "INSERT INTO bare_view.es_checkpoints SELECT 'order_views', 1, s, 0 FROM generate_series(0, 63) s;"
                    "CREATE TABLE bare_view.order_views (order_id text COLLATE \"C\" PRIMARY KEY, "
                    "customer_id text COLLATE \"C\" NOT NULL, status text COLLATE \"C\" NOT NULL, "
                    "total_amount bigint NOT NULL, item_count bigint NOT NULL, created_at bigint NOT NULL, "
                    "shipped_at bigint, version bigint NOT NULL) WITH (fillfactor = 80);"
                    "CREATE INDEX ON bare_view.order_views (customer_id, created_at);"
                    "CREATE INDEX ON bare_view.order_views (status, created_at);"
                    "CREATE INDEX ON bare_view.order_views (created_at)");
    fill({}, {});
    prepare_bare(db_.get(), "upsert", upsert_sql(), values_);
  }

  void write(const std::vector<const bare_row*>& rows, const std::vector<bare_move>& moves) {
    fill(rows, moves);
    const auto answer = run_bare(db_.get(), "upsert", values_);
    if (PQntuples(answer.get()) != static_cast<int>(moves.size()))
      throw std::runtime_error("bare upsert: a checkpoint was not where it was left");
  }

private:
  using type = stele::postgres::pg_type;

  /// The store's own statement: rows hang on the checkpoints they belong to.
  static std::string upsert_sql() {
    stele::table_schema schema{"order_views", {}, {}};
    for (const auto* name : {"order_id", "customer_id", "status"})
      schema.columns.push_back({name, stele::column_type::text, false});
    for (const auto* name : {"total_amount", "item_count", "created_at", "shipped_at", "version"})
      schema.columns.push_back({name, stele::column_type::integer, true});
    return replaced(
        stele::postgres::write_sql(
            schema, {"stele.order_views", 1, std::vector<bool>(schema.columns.size(), true), true, true}, false),
        "stele.", "bare_view.");
  }

  template <class Items, class Put>
  void add(type of, const Items& from, Put put) {
    values_.begin_array(of, from.size());
    for (const auto& it : from) put(it);
  }

  void fill(const std::vector<const bare_row*>& rows, const std::vector<bare_move>& moves) {
    auto& to = values_;
    to.clear();
    to.add_text("order_views").add_integer(1);
    add(type::integer, moves, [&](const bare_move& it) { to.put_integer(it.shard); });
    add(type::bigint, moves, [&](const bare_move& it) { to.put_bigint(it.from); });
    add(type::bigint, moves, [&](const bare_move& it) { to.put_bigint(it.to); });
    add(type::integer, rows, [&](const bare_row* it) { to.put_integer(it->shard); });
    add(type::text, rows, [&](const bare_row* it) { to.put_text(it->order_id); });
    add(type::text, rows, [&](const bare_row* it) { to.put_text(it->customer_id); });
    add(type::text, rows, [&](const bare_row*) { to.put_text("pending"); });
    add(type::bigint, rows, [&](const bare_row* it) { to.put_signed(it->total); });
    add(type::bigint, rows, [&](const bare_row* it) { to.put_signed(it->items); });
    add(type::bigint, rows, [&](const bare_row* it) { to.put_signed(it->created_at); });
    add(type::bigint, rows, [&](const bare_row*) { to.put_null(); });
    add(type::bigint, rows, [&](const bare_row* it) { to.put_signed(it->version); });
  }

  connection_ptr db_;
  stele::postgres::parameters values_;
};

/// Folds events into rows held in memory, and writes what changed. It doesn't look into the JSON.
class bare_projection {
public:
  explicit bare_projection(const std::string& uri) : table_(uri), checkpoints_(64) {}

  /// One transaction.
  void write(const std::vector<stele::recorded_event>& events) {
    touched_.clear();
    std::vector<std::uint64_t> upto = checkpoints_;
    for (const auto& it : events) {
      auto& row = rows_[it.stream_id];
      if (row.version == 0)
        row = {std::string(stele::id_of(it.stream_id)), "customer-1", it.shard, 0, 0, it.recorded_at, 0};
      row.total += 950;
      ++row.items;
      row.version = static_cast<std::int64_t>(it.version);
      touched_.emplace(&row, true);
      upto[it.shard] = it.position;
    }
    std::vector<const bare_row*> rows;
    for (const auto& it : touched_) rows.push_back(it.first);
    std::vector<bare_move> moves;
    for (stele::shard_number i = 0; i < upto.size(); ++i)
      if (upto[i] != checkpoints_[i]) moves.push_back({i, checkpoints_[i], upto[i]});
    table_.write(rows, moves);
    checkpoints_ = upto;
  }

private:
  bare_view table_;
  std::vector<std::uint64_t> checkpoints_;
  std::unordered_map<std::string, bare_row> rows_;
  std::unordered_map<const bare_row*, bool> touched_;
};

} // namespace bench
