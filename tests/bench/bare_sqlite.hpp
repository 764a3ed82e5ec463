// What SQLite itself gives: the log's own table filled by a bare loop, without actors, JSON or answers.
#pragma once

#include "tests/bench/bare_events.hpp"
#include "tests/bench/closed_loop.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <stdexcept>

namespace bench {

/// One connection with the node's pragmas and its log.
class bare_log {
public:
  explicit bare_log(const std::string& file) {
    check(sqlite3_open(file.c_str(), &db_));
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
            "PRAGMA wal_autocheckpoint = 4000");
    execute(
#include "persistence/sqlite/schema/003_events.sql"
    );
    insert_ =
        prepare("INSERT INTO events (shard, position, stream_id, version, event_id, command_id, command_digest, part,"
                " parts, type, type_version, payload, metadata, recorded_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, ?, 1, ?, '', ?)");
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
  }
  ~bare_log() {
    for (auto* one : {insert_, begin_, commit_}) sqlite3_finalize(one);
    sqlite3_close(db_);
  }
  bare_log(const bare_log&) = delete;
  bare_log& operator=(const bare_log&) = delete;

  void commit(const std::vector<stele::recorded_event>& events) {
    step(begin_);
    for (const auto& it : events) insert(it);
    step(commit_);
  }

private:
  void insert(const stele::recorded_event& it) {
    bind(1, it.shard);
    bind(2, it.position);
    bind(3, it.stream_id);
    bind(4, it.version);
    bind(5, it.event_id);
    bind(6, it.command_id);
    bind(7, it.command_digest);
    bind(8, it.type);
    bind(9, it.payload);
    bind(10, static_cast<std::uint64_t>(it.recorded_at));
    step(insert_);
  }

  void bind(int place, std::uint64_t value) { sqlite3_bind_int64(insert_, place, static_cast<sqlite3_int64>(value)); }
  void bind(int place, const std::string& text) {
    sqlite3_bind_text(insert_, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  void bind(int place, const stele::uuid& id) {
    sqlite3_bind_blob(insert_, place, id.bytes.data(), static_cast<int>(id.bytes.size()), SQLITE_STATIC);
  }

  void check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void execute(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v2(db_, sql, -1, &made, nullptr));
    return made;
  }
  void step(sqlite3_stmt* it) {
    check(sqlite3_step(it));
    sqlite3_reset(it);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *insert_ = nullptr, *begin_ = nullptr, *commit_ = nullptr;
};

/// Of so many orders side by side.
inline tally bare_commits(const std::string& file, double mean_batch, std::size_t orders, double warm, double seconds) {
  bare_log log(file);
  bare_events maker(orders, 0, 1);
  std::vector<double> took;
  std::size_t events = 0;
  const auto begin = steady::now();
  while (seconds_since(begin) < warm + seconds) {
    const auto& batch = maker.next_of_mean(mean_batch);
    const auto start = steady::now();
    log.commit(batch);
    if (seconds_since(begin) < warm) continue;
    took.push_back(seconds_since(start) * 1e3);
    events += batch.size();
  }
  tally it;
  it.per_second = static_cast<double>(events) / (seconds_since(begin) - warm);
  it.p50_ms = percentile(took, 0.5);
  it.p99_ms = percentile(took, 0.99);
  return it;
}

} // namespace bench
