#include "persistence/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cerrno>

namespace stele::postgres {

namespace {

using namespace std::chrono;

constexpr std::string_view schema_mark = "stele.";
constexpr std::size_t kept_max = 200; ///< Statements kept for one connection; each takes memory of the server.

// What the server says of a prepared statement.
constexpr std::string_view not_prepared_here = "26000"; ///< A pooler gave another session.
constexpr std::string_view prepared_by_another = "42P05";
constexpr std::string_view plan_outdated = "0A000"; ///< The table was changed under it.

std::string field(const PGresult* it, int which) {
  const char* text = PQresultErrorField(it, which);
  return text ? text : "";
}

/// Waits for the socket; false when the time is over.
bool wait_for(int socket, short events, steady_clock::time_point until) {
  for (;;) {
    const auto left = duration_cast<milliseconds>(until - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd it{socket, events, 0};
    const int ready = poll(&it, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool readable(int socket) {
  pollfd it{socket, POLLIN, 0};
  return poll(&it, 1, 0) > 0;
}

} // namespace

void connection::finish::operator()(PGconn* it) const { PQfinish(it); }

connection::connection(const connection_settings& settings) : settings_(settings) {
  connect();
  try {
    check_server();
  } catch (const failure& it) { throw failure(outcome::not_sent, it.sqlstate(), it.what()); }
}

void connection::connect() {
  // The address stands behind the defaults, so that it can change them.
  const char* target = settings_.primary ? "primary" : "any";
  const std::array names{"connect_timeout",
                         "application_name",
                         "client_encoding",
                         "keepalives_idle",
                         "keepalives_interval",
                         "keepalives_count",
                         "tcp_user_timeout",
                         "target_session_attrs",
                         "dbname",
                         static_cast<const char*>(nullptr)};
  const std::array values{
      "5", "stele", "UTF8", "5", "2", "3", "10000", target, settings_.uri.c_str(), static_cast<const char*>(nullptr)};
  db_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (!db_ || PQstatus(db_.get()) != CONNECTION_OK)
    throw failure(outcome::not_sent, "08001",
                  "PostgreSQL can't be reached: " + std::string(db_ ? PQerrorMessage(db_.get()) : "out of memory"));
  PQsetNoticeReceiver(db_.get(), &connection::hear, told_.get());
  PQsetnonblocking(db_.get(), 1);
}

void connection::check_server() {
  if (settings_.primary && integer("SELECT pg_is_in_recovery()") != 0)
    throw failure(outcome::not_sent, "25006", "the server is a standby, the store is written on the primary only");
  if (!settings_.history) return;
  const result found = run("SELECT history FROM stele.es_store WHERE id = 1");
  if (found.rows() != 1 || found.id(0, 0) != *settings_.history)
    throw failure(outcome::not_sent, "", "the server holds another store than the one that was opened here");
}

void connection::hear(void* told_here, const PGresult* notice) {
  auto& it = *static_cast<told*>(told_here);
  const std::string severity = field(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == "WARNING") it.warned = true;
  if (severity == "FATAL" || severity == "PANIC") it.ended = true;
}

bool connection::usable() const { return db_ && !told_->ended && PQstatus(db_.get()) == CONNECTION_OK; }

/// Two looks: the last words of a server come before the end of the stream.
bool connection::still_there() {
  for (int i = 0; i < 2 && usable() && readable(PQsocket(db_.get())); ++i) {
    if (PQconsumeInput(db_.get()) == 0) told_->ended = true;
    if (PQisBusy(db_.get()) != 0) told_->ended = true; // Also hears notices. Nothing can be due here.
  }
  return usable();
}

void connection::begin() {
  if (!still_there()) throw failure(outcome::not_sent, "08003", "the connection to PostgreSQL was lost");
  told_->warned = false;
}

void connection::lose(std::string why) {
  db_.reset(); // The server may still be at it: a connection given up is never used again.
  throw failure(outcome::lost, "08006", std::move(why));
}

void connection::wait(short events, deadline until) {
  if (!wait_for(PQsocket(db_.get()), events, until))
    lose("PostgreSQL did not answer in " + std::to_string(settings_.limit.count()) + " ms");
}

result connection::answer_of(PGresult* it) {
  result answer(it);
  const ExecStatusType status = PQresultStatus(it);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return answer;
  const std::string state = field(it, PG_DIAG_SQLSTATE);
  std::string what = field(it, PG_DIAG_MESSAGE_PRIMARY);
  if (const std::string detail = field(it, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) what += " (" + detail + ")";
  if (what.empty()) what = PQresultErrorMessage(it);
  if (state.empty()) lose(std::move(what)); // Libpq's own: the connection broke.
  const outcome how = outcome_of(state, field(it, PG_DIAG_SEVERITY_NONLOCALIZED));
  if (how == outcome::lost || state == "25006") told_->ended = true; // Read-only: the primary is elsewhere by now.
  throw failure(how, state, what + " [" + state + "]");
}

/// Reads the answer to the end. Of several results, as a script has them, the first failure counts, else the last one.
result connection::collect(bool sent) {
  if (!sent) lose(PQerrorMessage(db_.get()));
  const deadline until = steady_clock::now() + settings_.limit;
  for (int left = PQflush(db_.get()); left != 0; left = PQflush(db_.get())) {
    if (left < 0) lose(PQerrorMessage(db_.get()));
    wait(POLLIN | POLLOUT, until);
    if (readable(PQsocket(db_.get())) && PQconsumeInput(db_.get()) == 0) lose(PQerrorMessage(db_.get()));
  }
  PGresult* kept = nullptr;
  for (;;) {
    while (PQisBusy(db_.get()) != 0) {
      if (!wait_for(PQsocket(db_.get()), POLLIN, until)) {
        PQclear(kept);
        lose("PostgreSQL did not answer in " + std::to_string(settings_.limit.count()) + " ms");
      }
      if (PQconsumeInput(db_.get()) == 0) break; // What there is of an answer comes out below.
    }
    PGresult* next = PQgetResult(db_.get());
    if (!next) break;
    if (kept && PQresultStatus(kept) == PGRES_FATAL_ERROR) {
      PQclear(next);
    } else {
      PQclear(kept);
      kept = next;
    }
  }
  if (!kept) lose("PostgreSQL gave no answer");
  return answer_of(kept);
}

/// Named by what it says: behind a pooler several clients share a session, and one may meet what another prepared.
std::string connection::name_of(const std::string& text, const parameters& values) const {
  std::string said = text;
  for (const unsigned type : values.types()) said += ' ' + std::to_string(type);
  return "stele_" + to_string(hash_to_uuid(said)) + "_" + std::to_string(renewed_);
}

std::string connection::prepare(const std::string& sql, const parameters& values) {
  if (const auto found = prepared_.find(sql); found != prepared_.end()) return found->second;
  const std::string text = in_schema(sql);
  const std::string name = name_of(text, values);
  try {
    collect(PQsendPrepare(db_.get(), name.c_str(), text.c_str(), static_cast<int>(values.size()),
                          values.types().data()) == 1);
  } catch (const failure& it) {
    if (it.how() == outcome::lost) throw failure(outcome::not_sent, it.sqlstate(), it.what());
    throw;
  }
  prepared_.emplace(sql, name);
  return name;
}

/// In a transaction nothing is prepared: a statement that is not known would end it.
result connection::run(const std::string& sql, parameters& values) {
  begin();
  if (pooled_ || PQtransactionStatus(db_.get()) != PQTRANS_IDLE) return run_unnamed(sql, values);
  try {
    return run_prepared(prepare(sql, values), values);
  } catch (const failure& it) { // In none of these did anything run.
    if (it.sqlstate() == not_prepared_here || it.sqlstate() == prepared_by_another)
      pooled_ = true;
    else if (it.sqlstate() == plan_outdated)
      ++renewed_;
    else
      throw;
  }
  prepared_.erase(sql);
  return pooled_ ? run_unnamed(sql, values) : run_prepared(prepare(sql, values), values);
}

result connection::run_prepared(const std::string& name, parameters& values) {
  const auto& data = values.values();
  return collect(PQsendQueryPrepared(db_.get(), name.c_str(), static_cast<int>(values.size()), data.data(),
                                     values.lengths().data(), values.formats().data(), 1) == 1);
}

result connection::run(const std::string& sql) {
  parameters none;
  return run(sql, none);
}

result connection::run_once(const std::string& sql, parameters& values) {
  begin();
  return run_unnamed(sql, values);
}

result connection::run_if_room(const std::string& sql, parameters& values) {
  std::string kind = sql + " --"; // The same text with values of other types is another statement.
  for (const unsigned type : values.types()) kind += ' ' + std::to_string(type);
  const bool room = prepared_.size() < kept_max || prepared_.count(kind) > 0;
  return room ? run(kind, values) : run_once(sql, values);
}

result connection::run_unnamed(const std::string& sql, parameters& values) {
  const auto& data = values.values();
  return collect(PQsendQueryParams(db_.get(), in_schema(sql).c_str(), static_cast<int>(values.size()),
                                   values.types().data(), data.data(), values.lengths().data(), values.formats().data(),
                                   1) == 1);
}

void connection::execute(const std::string& script) {
  begin();
  collect(PQsendQuery(db_.get(), in_schema(script).c_str()) == 1);
}

std::int64_t connection::integer(const std::string& sql) {
  const result found = run(sql);
  return found.rows() > 0 ? found.integer(0, 0) : 0;
}

std::string connection::in_schema(std::string sql) const {
  const std::string name = quoted(settings_.schema) + ".";
  for (auto at = sql.find(schema_mark); at != std::string::npos; at = sql.find(schema_mark, at + name.size()))
    sql.replace(at, schema_mark.size(), name);
  return sql;
}

transaction::transaction(connection& db, const char* begin) : db_(db) { db_.execute(begin); }

transaction::~transaction() {
  if (!open_ || !db_.usable()) return;
  try {
    db_.execute("ROLLBACK");
  } catch (const failure&) {
    return; // Then the connection is over, and the server rolls back by itself.
  }
}

void transaction::commit() {
  open_ = false;
  db_.execute("COMMIT");
}

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

} // namespace stele::postgres
