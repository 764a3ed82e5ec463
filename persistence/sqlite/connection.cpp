#include "persistence/sqlite/connection.hpp"

#include <sqlite3.h>

namespace stele::sqlite {

namespace {

constexpr std::size_t made_statements_max = 200;
constexpr int busy_ms_max = 5000;
constexpr int checkpoint_wait_ms_max = 250;

int open_flags(role as) {
  const int access = as == role::owner ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  return access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
}

const char* pragmas(role as) {
  if (as == role::owner)
    return "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
           "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";
  return "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16384;"
         "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";
}

} // namespace

void connection::closer::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

connection::connection(const std::string& file, role as) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &db, open_flags(as), nullptr);
  db_.reset(db);
  if (code != SQLITE_OK)
    throw failure(code, "can't open " + file + ": " + (db ? sqlite3_errmsg(db) : sqlite3_errstr(code)));
  sqlite3_busy_timeout(db, busy_ms_max);
  // Two connections that checkpoint may lose a commit in SQLite before 3.51.3 (sqlite.org/wal.html, WAL-reset bug).
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, as == role::owner ? 0 : 1, nullptr);
  execute(pragmas(as));
  sqlite3_wal_hook(db, &connection::count_frames, this);
}

connection::~connection() = default;

void connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw failure(sqlite3_extended_errcode(handle()),
                  "SQLite: " + std::string(sqlite3_errmsg(handle())) + " (" + sql.substr(0, 80) + ")");
}

statement& connection::prepared(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) found = statements_.emplace(std::string(sql), statement(handle(), sql)).first;
  return found->second;
}

statement& connection::prepared_anew(const std::string& sql) {
  auto found = made_.find(sql);
  if (found != made_.end()) return found->second;
  if (made_.size() >= made_statements_max) made_.clear();
  return made_.emplace(sql, statement(handle(), sql)).first->second;
}

std::int64_t connection::integer(std::string_view sql) {
  statement once(handle(), sql);
  auto rows = once.select();
  return rows.next() ? rows.integer(0) : 0;
}

bool connection::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

std::int64_t connection::changes() const { return sqlite3_changes64(handle()); }

void connection::checkpoint(bool and_wait) {
  sqlite3_busy_timeout(handle(), checkpoint_wait_ms_max);
  int frames = 0, moved = 0;
  const int how = and_wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle(), nullptr, how, &frames, &moved);
  sqlite3_busy_timeout(handle(), busy_ms_max);
  if (code == SQLITE_OK && frames == moved) wal_frames_ = 0;
  if (code != SQLITE_OK && code != SQLITE_BUSY)
    throw failure(code, "SQLite: " + std::string(sqlite3_errmsg(handle())) + " (checkpoint)");
}

int connection::count_frames(void* self, sqlite3*, const char*, int frames) {
  static_cast<connection*>(self)->wal_frames_ = frames;
  return SQLITE_OK;
}

transaction::transaction(connection& db, kind how) : db_(db) {
  db.prepared(how == kind::write ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

transaction::~transaction() {
  if (!open_ || !db_.in_transaction()) return;
  sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr); // Failed? Then in_transaction() stays true.
}

void transaction::commit() {
  db_.prepared("COMMIT").run();
  open_ = false;
}

} // namespace stele::sqlite
