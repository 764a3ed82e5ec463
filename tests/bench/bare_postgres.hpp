// What PostgreSQL itself gives: batches appended with bare libpq, one blocking call each, without lanes or answers.
#pragma once

#include "persistence/postgres/events_sql.hpp"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

/// How the order of everything is kept.
enum class order_key {
  as_the_store,  ///< One number made of transaction and place: the store's own table.
  of_transaction ///< A transaction id beside shard and position, indexed together: what is usually recommended.
};

/// A connection with the fenced append prepared on it.
class bare_postgres {
public:
  bare_postgres(const std::string& uri, order_key how, std::uint32_t lane)
      : db_(PQconnectdb(uri.c_str()), &PQfinish), lease_{1, lane, 1} {
    std::string sql = stele::postgres::append_sql;
    if (how == order_key::of_transaction) {
      replace(sql, "(global_position, ", "(");
      replace(sql, "SELECT f.base + u.n, ", "SELECT ");
    }
    replace(sql, "stele.", "bare.");
    replace(sql, "stele.", "bare.");
    stele::postgres::fill_append(values_, {}, lease_);
    const auto& types = values_.types();
    check(PQprepare(db_.get(), "append", sql.c_str(), static_cast<int>(types.size()), types.data()));
  }

  /// Makes empty tables.
  static void make(const std::string& uri, order_key how) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> db(PQconnectdb(uri.c_str()), &PQfinish);
    std::string events =
#include "persistence/postgres/schema/0007_events.sql"
        ;
    std::string lanes =
#include "persistence/postgres/schema/0004_lanes.sql"
        ;
    replace(events, "stele.", "bare.");
    replace(lanes, "stele.", "bare.");
    if (how == order_key::of_transaction) {
      replace(events, "global_position bigint NOT NULL", "tx xid8 NOT NULL DEFAULT pg_current_xact_id()");
      replace(events, "UNIQUE (global_position)", "UNIQUE (tx, shard, position)");
    }
    const std::string script = "SET client_min_messages = error; DROP SCHEMA IF EXISTS bare CASCADE; "
                               "CREATE SCHEMA bare; " +
                               events + lanes +
                               "INSERT INTO bare.es_lanes SELECT 1, l, 1 FROM generate_series(0, 15) l";
    PQclear(PQexec(db.get(), script.c_str()));
  }

  void append(const std::vector<stele::recorded_event>& events) {
    stele::postgres::fill_append(values_, events, lease_);
    const auto& data = values_.values();
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(
        PQexecPrepared(db_.get(), "append", static_cast<int>(values_.size()), data.data(), values_.lengths().data(),
                       values_.formats().data(), 1),
        &PQclear);
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK || PQcmdTuples(answer.get()) != std::to_string(events.size()))
      throw std::runtime_error(PQerrorMessage(db_.get()));
  }

private:
  static void replace(std::string& in, const std::string& what, const std::string& with) {
    const auto at = in.find(what);
    if (at == std::string::npos) throw std::runtime_error("no " + what + " in: " + in);
    in.replace(at, what.size(), with);
  }
  void check(PGresult* answer) {
    const bool fine = PQresultStatus(answer) == PGRES_COMMAND_OK;
    PQclear(answer);
    if (!fine) throw std::runtime_error(PQerrorMessage(db_.get()));
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> db_;
  stele::postgres::lane_lease lease_;
  stele::postgres::parameters values_;
};

} // namespace bench
