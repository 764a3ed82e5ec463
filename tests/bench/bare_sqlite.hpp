// What SQLite itself gives: the log's own table filled by a bare loop, without actors, JSON or answers.
#pragma once

#include "tests/bench/bench_node.hpp"
#include "tests/bench/closed_loop.hpp"

#include <sqlite3.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>

namespace bench {

/// One connection with the node's pragmas, and events like those of the senders: one new stream to three old ones.
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

  void commit_batch(std::size_t events) {
    step(begin_);
    for (std::size_t i = 0; i < events; ++i) insert();
    step(commit_);
  }

private:
  void insert() {
    const auto stream = written_ / 4, version = written_ % 4 + 1;
    ++written_;
    const auto id = "order-" + std::to_string(stream * 7919 % 1000) + "." + std::to_string(stream);
    const auto shard = stream % 64;
    const std::array<std::uint64_t, 2> event_id{random_(), random_()}, command_id{random_(), random_()};
    bind(1, shard);
    bind(2, ++positions_[shard]);
    sqlite3_bind_text(insert_, 3, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    bind(4, version);
    sqlite3_bind_blob(insert_, 5, event_id.data(), 16, SQLITE_STATIC);
    sqlite3_bind_blob(insert_, 6, command_id.data(), 16, SQLITE_STATIC);
    sqlite3_bind_blob(insert_, 7, command_id.data(), 16, SQLITE_STATIC);
    const auto& body = version == 1 ? created_ : add_body;
    sqlite3_bind_text(insert_, 8, version == 1 ? "order_created" : "order_item_added", -1, SQLITE_STATIC);
    sqlite3_bind_text(insert_, 9, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
    bind(10, 1'700'000'000'000);
    step(insert_);
  }

  void bind(int place, std::uint64_t value) { sqlite3_bind_int64(insert_, place, static_cast<sqlite3_int64>(value)); }

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
  std::uint64_t written_ = 0;
  std::array<std::uint64_t, 64> positions_{};
  std::mt19937_64 random_;
  std::string created_ = create_body(1);
};

inline tally bare_commits(const std::string& file, double mean_batch, double warm, double seconds) {
  bare_log log(file);
  std::vector<double> took;
  std::size_t events = 0;
  double owed = 0;
  const auto begin = steady::now();
  while (seconds_since(begin) < warm + seconds) {
    owed += mean_batch;
    const auto count = std::max(1.0, std::floor(owed));
    owed -= count;
    const auto start = steady::now();
    log.commit_batch(static_cast<std::size_t>(count));
    if (seconds_since(begin) < warm) continue;
    took.push_back(seconds_since(start) * 1e3);
    events += static_cast<std::size_t>(count);
  }
  tally it;
  it.per_second = static_cast<double>(events) / (seconds_since(begin) - warm);
  it.p50_ms = percentile(took, 0.5);
  it.p99_ms = percentile(took, 0.99);
  return it;
}

} // namespace bench
