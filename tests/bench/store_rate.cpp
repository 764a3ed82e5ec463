// Events a second through the SQLite store, beside a bare loop of prepared statements over the same table with the same
// batches. Rounds of both alternate; medians are shown. Prints a table; passes no verdict.
#include "persistence/store.hpp"
#include "tests/kit/ask.hpp"
#include "tests/kit/events.hpp"
#include "tests/kit/temporary_folder.hpp"

#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace stele::kit {

namespace {

using batches = std::vector<event_batch>;
using steady = std::chrono::steady_clock;

/// A thousand callers, each with an order of four events, one event at a time: a batch holds no stream twice.
batches make_batches(std::size_t size, std::size_t count) {
  constexpr std::size_t callers = 1000, events_each = 4;
  event_maker maker;
  batches all;
  for (std::size_t made = 0; all.size() < count;) {
    auto batch = std::make_shared<std::vector<recorded_event>>();
    for (std::size_t i = 0; i < size; ++i, ++made) {
      const auto order = made / (callers * events_each) * callers + made % callers;
      batch->push_back(maker.next("order-" + std::to_string(order * 7919 % 100'003) + "." + std::to_string(order),
                                  std::string(250, 'x')));
    }
    all.push_back(std::move(batch));
  }
  return all;
}

/// One thread, one connection, one prepared statement, and the checkpoint as SQLite does it.
class bare_loop {
public:
  explicit bare_loop(const std::string& file) {
    check(sqlite3_open(file.c_str(), &db_));
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
            "PRAGMA wal_autocheckpoint = 4000");
    execute(
#include "persistence/sqlite/schema/003_events.sql"
    );
    insert_ = prepare("INSERT INTO events (shard, position, stream_id, version, event_id, command_id, command_digest, "
                      "part, parts, type, type_version, payload, metadata, recorded_at) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
  }
  ~bare_loop() {
    for (auto* it : {insert_, begin_, commit_}) sqlite3_finalize(it);
    sqlite3_close(db_);
  }
  bare_loop(const bare_loop&) = delete;
  bare_loop& operator=(const bare_loop&) = delete;

  void append(const event_batch& batch) {
    step(begin_);
    for (const recorded_event& it : *batch) insert(it);
    step(commit_);
  }

private:
  void insert(const recorded_event& it) {
    number(1, it.shard);
    number(2, it.position);
    text(3, it.stream_id);
    number(4, it.version);
    id(5, it.event_id);
    id(6, it.command_id);
    id(7, it.command_digest);
    number(8, it.part);
    number(9, it.parts);
    text(10, it.type);
    number(11, it.type_version);
    text(12, it.payload);
    text(13, it.metadata);
    number(14, static_cast<std::uint64_t>(it.recorded_at));
    step(insert_);
  }
  void number(int at, std::uint64_t value) { sqlite3_bind_int64(insert_, at, static_cast<sqlite3_int64>(value)); }
  void text(int at, const std::string& value) {
    sqlite3_bind_text(insert_, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  void id(int at, const uuid& value) { sqlite3_bind_blob(insert_, at, value.bytes.data(), 16, SQLITE_STATIC); }
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

struct run {
  double events_a_second = 0, p50_ms = 0, p99_ms = 0;
  double cpu_us = 0; ///< Of all threads, by event: says more than the clock when the machine is busy elsewhere.
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& it) {
    return static_cast<double>(it.tv_sec) + static_cast<double>(it.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

template <class Append>
run measure(const batches& all, Append append) {
  std::vector<double> took;
  const double cpu_before = cpu_seconds();
  const auto begin = steady::now();
  for (const event_batch& batch : all) {
    const auto start = steady::now();
    append(batch);
    took.push_back(std::chrono::duration<double, std::milli>(steady::now() - start).count());
  }
  const double seconds = std::chrono::duration<double>(steady::now() - begin).count();
  std::sort(took.begin(), took.end());
  const auto events = static_cast<double>(all.size() * all[0]->size());
  return {events / seconds, took[took.size() / 2], took[took.size() * 99 / 100],
          (cpu_seconds() - cpu_before) * 1e6 / events};
}

run measure_bare(const batches& all) {
  temporary_folder folder;
  bare_loop loop(folder / "bare.db");
  return measure(all, [&](const event_batch& batch) { loop.append(batch); });
}

run measure_store(const batches& all) {
  temporary_folder folder;
  auto opened = open_store({"sqlite:" + (folder / "store.db")});
  if (!opened) throw std::runtime_error(opened.error().what);
  return measure(all, [&](const event_batch& batch) {
    const auto answer = ask<done>([&](auto reply) { (*opened)->events().append(0, batch, reply); });
    if (!answer) throw std::runtime_error(answer.error().what);
  });
}

run median(std::vector<run> runs) {
  std::sort(runs.begin(), runs.end(), [](const run& a, const run& b) { return a.events_a_second < b.events_a_second; });
  return runs[runs.size() / 2];
}

void compare(std::size_t size, std::size_t count, int rounds) {
  const batches all = make_batches(size, count);
  std::vector<run> bare, store;
  for (int i = 0; i < rounds; ++i) {
    bare.push_back(measure_bare(all));
    store.push_back(measure_store(all));
  }
  const run b = median(bare), s = median(store);
  std::printf("%6zu %10.0f %7.2f %7.2f %7.1f %12.0f %7.2f %7.2f %7.1f %8.2f\n", size, b.events_a_second, b.p50_ms,
              b.p99_ms, b.cpu_us, s.events_a_second, s.p50_ms, s.p99_ms, s.cpu_us,
              s.events_a_second / b.events_a_second);
  std::fflush(stdout);
}

} // namespace

} // namespace stele::kit

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 5;
  std::printf(" batch | bare: events/s, p50, p99 ms, CPU us/event | store: the same | ratio\n");
  for (const auto& [size, batches] : {std::pair<std::size_t, std::size_t>{1, 2000}, {10, 2000}, {100, 400}, {1000, 80}})
    stele::kit::compare(size, batches, rounds);
}
