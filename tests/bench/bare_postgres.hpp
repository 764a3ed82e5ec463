// What PostgreSQL itself gives: batches appended with bare libpq, one blocking call each, without lanes or answers.
#pragma once

#include "persistence/postgres/events_sql.hpp"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

using connection_ptr = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using result_ptr = std::unique_ptr<PGresult, decltype(&PQclear)>;

inline connection_ptr connect_bare(const std::string& uri) {
  connection_ptr db(PQconnectdb(uri.c_str()), &PQfinish);
  if (PQstatus(db.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(db.get()));
  return db;
}

/// The answer, or what the server says against it, thrown.
inline result_ptr take_answer(PGconn* db, PGresult* it) {
  result_ptr answer(it, &PQclear);
  const auto status = PQresultStatus(it);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(db));
  return answer;
}

inline void run_script(const std::string& uri, const std::string& script) {
  const auto db = connect_bare(uri);
  take_answer(db.get(), PQexec(db.get(), ("SET client_min_messages = error; " + script).c_str()));
}

/// Prepares a statement whose places are those of `values`.
inline void prepare_bare(PGconn* db, const char* name, const std::string& sql,
                         const stele::postgres::parameters& values) {
  const auto& types = values.types();
  take_answer(db, PQprepare(db, name, sql.c_str(), static_cast<int>(types.size()), types.data()));
}

inline result_ptr run_bare(PGconn* db, const char* name, stele::postgres::parameters& values) {
  const auto& data = values.values();
  return take_answer(db, PQexecPrepared(db, name, static_cast<int>(values.size()), data.data(), values.lengths().data(),
                                        values.formats().data(), 1));
}

inline std::string replaced(std::string in, const std::string& what, const std::string& with) {
  auto at = in.find(what);
  if (at == std::string::npos) throw std::runtime_error("no " + what + " in: " + in);
  for (; at != std::string::npos; at = in.find(what, at + with.size())) in.replace(at, what.size(), with);
  return in;
}

/// A connection with the fenced append prepared on it: the form usually recommended, and its table. The order of
/// everything is a transaction id beside shard and position, indexed together; one unnest of all arrays.
class bare_postgres {
public:
  bare_postgres(const std::string& uri, std::uint32_t lane) : db_(connect_bare(uri)), lease_{1, lane, 1} {
    stele::postgres::fill_append(values_, {}, lease_);
    prepare_bare(db_.get(), "append", append_sql, values_);
  }

  /// Makes empty tables.
  static void make(const std::string& uri) {
    std::string events = replaced(
#include "persistence/postgres/schema/0007_events.sql"
        , "stele.", "bare.");
    const std::string lanes = replaced(
#include "persistence/postgres/schema/0004_lanes.sql"
        , "stele.", "bare.");
    events = replaced(events, "global_position bigint NOT NULL", "tx xid8 NOT NULL DEFAULT pg_current_xact_id()");
    events = replaced(events, "UNIQUE (global_position)", "UNIQUE (tx, shard, position)");
    run_script(uri, "DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare; " + events + lanes +
                        "INSERT INTO bare.es_lanes SELECT 1, l, 1 FROM generate_series(0, 15) l");
  }

  void append(const std::vector<stele::recorded_event>& events) {
    stele::postgres::fill_append(values_, events, lease_);
    const auto answer = run_bare(db_.get(), "append", values_);
    if (PQcmdTuples(answer.get()) != std::to_string(events.size()))
      throw std::runtime_error("bare append: " + std::to_string(events.size()) + " events were sent, stored were " +
                               PQcmdTuples(answer.get()));
  }

private:
  static constexpr const char* append_sql =
      "WITH f AS MATERIALIZED (SELECT 1 FROM bare.es_lanes WHERE node_id = $15 AND lane = $16 AND epoch = $17 "
      "FOR SHARE) "
      "INSERT INTO bare.es_events (position, recorded_at, shard, version, part, parts, type_version, event_id, "
      "command_id, command_digest, stream_id, type, payload, metadata) "
      "SELECT u.* FROM f, unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) u";

  connection_ptr db_;
  stele::postgres::lane_lease lease_;
  stele::postgres::parameters values_;
};

} // namespace bench
