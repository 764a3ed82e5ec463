// One connection to PostgreSQL, with the statements prepared on it.
#pragma once

#include "persistence/postgres/failure.hpp"
#include "persistence/postgres/parameters.hpp"
#include "persistence/postgres/result.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

extern "C" {
typedef struct pg_conn PGconn;
}

namespace stele::postgres {

/// Where to connect, and what the server there must be.
struct connection_settings {
  std::string uri;
  std::string schema = "stele";
  bool primary = true;                                        ///< Must not be a standby.
  std::optional<uuid> history;                                ///< Once known: the store there must be this one.
  std::chrono::milliseconds limit = std::chrono::seconds(30); ///< For each statement; then the connection is given up.
  std::chrono::milliseconds pause_max = std::chrono::seconds(2); ///< Between tries to connect.

  /// Counts connections that were made with copies of this: one that gets through is a sign to the others.
  std::shared_ptr<std::atomic<std::uint64_t>> made = std::make_shared<std::atomic<std::uint64_t>>(0);
};

/// Blocking, for one thread at a time. In SQL text `stele.` stands for the schema. All calls throw `failure`.
class connection {
public:
  explicit connection(const connection_settings& settings);

  /// Runs a statement that is prepared at its first use and kept under its text; where a pooler does not keep prepared
  /// statements, it is sent whole each time.
  result run(const std::string& sql, parameters& values);
  result run(const std::string& sql);

  /// The same for texts that depend on what people ask: kept while there is room, else as `run_once`.
  result run_if_room(const std::string& sql, parameters& values);

  /// Runs a statement that is not worth keeping, or that is planned best for its values.
  result run_once(const std::string& sql, parameters& values);

  /// Runs a script without values.
  void execute(const std::string& script);

  std::int64_t integer(const std::string& sql); ///< The first value of the first row.

  /// The server warned while the last statement ran: as when a commit was not replicated.
  bool warned() const { return told_->warned; }

  bool usable() const; ///< False: this one is over, make another.
  bool still_there();  ///< The same, and looks whether the server went away while nothing was asked.

  const std::string& schema() const { return settings_.schema; }
  std::string in_schema(std::string sql) const; ///< With the schema's name in place of `stele.`.

private:
  struct finish {
    void operator()(PGconn* it) const;
  };
  struct told {
    bool warned = false, ended = false;
  };
  using deadline = std::chrono::steady_clock::time_point;

  static void hear(void* told_here, const PGresult* notice);
  void connect();
  void check_server();
  void begin();
  void wait(short events, deadline until);
  result collect(bool sent);
  result answer_of(PGresult* it);
  std::string name_of(const std::string& text, const parameters& values) const;
  std::string prepare(const std::string& sql, const parameters& values);
  result run_prepared(const std::string& name, parameters& values);
  result run_unnamed(const std::string& sql, parameters& values);
  [[noreturn]] void lose(std::string why);

  connection_settings settings_;
  std::unique_ptr<told> told_ = std::make_unique<told>(); ///< At an address that a move leaves alone.
  std::unique_ptr<PGconn, finish> db_;
  std::unordered_map<std::string, std::string> prepared_; ///< Names by text.
  std::uint64_t renewed_ = 0; ///< Part of the names: a plan that was outdated keeps its own.
  bool pooled_ = false; ///< Sessions change under us, and keep no statements for us: nothing is prepared any more.
};

/// BEGIN … COMMIT; without `commit` it is rolled back.
class transaction {
public:
  explicit transaction(connection& db, const char* begin = "BEGIN");
  ~transaction();
  void commit();

private:
  connection& db_;
  bool open_ = true;
};

/// `"name"` for SQL.
std::string quoted(std::string_view name);

} // namespace stele::postgres
