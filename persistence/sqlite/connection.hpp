// One connection to a SQLite file, used by one thread.
#pragma once

#include "persistence/sqlite/statement.hpp"

#include <map>
#include <memory>
#include <string>

struct sqlite3;

namespace stele::sqlite {

/// `owner` writes and alone checkpoints; `reader` never writes; `inspector` opens a file that nobody else has open and
/// leaves it as it is.
enum class role { owner, reader, inspector };

/// Owns the handle and its prepared statements. All calls throw `failure`.
class connection {
public:
  connection(const std::string& file, role as);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void execute(const std::string& sql); ///< One or more statements without parameters.

  /// The statement of this text, prepared once. Valid as long as the connection.
  statement& prepared(std::string_view sql);

  /// The same for texts made at run time; forgotten when there are too many.
  statement& prepared_anew(const std::string& sql);

  std::int64_t integer(std::string_view sql); ///< First column of the first row; 0 when there is none.
  bool in_transaction() const;
  std::int64_t changes() const; ///< Rows changed by the statement that ran last.

  /// Frames in the write-ahead log after the commit that came last.
  int wal_frames() const { return wal_frames_; }

  /// Writes the log down into the database as far as readers let it. With `and_wait`, waits a bounded time for readers
  /// that stand in the way, so that the log starts anew.
  void checkpoint(bool and_wait);

  sqlite3* handle() const { return db_.get(); }

private:
  struct closer {
    void operator()(sqlite3* db) const;
  };
  static int count_frames(void* self, sqlite3*, const char*, int frames);
  std::unique_ptr<sqlite3, closer> db_;
  std::map<std::string, statement, std::less<>> statements_, made_;
  int wal_frames_ = 0;
};

/// Rolls back when it goes out of scope without `commit`.
class transaction {
public:
  enum class kind { read, write };
  transaction(connection& db, kind how);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit();

private:
  connection& db_;
  bool open_ = true;
};

} // namespace stele::sqlite
