// A prepared statement: bind, step, read columns.
#pragma once

#include "persistence/identifiers.hpp"
#include "persistence/row.hpp"
#include "persistence/sqlite/failure.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace stele::sqlite {

/// The rows of a running statement. Resets it when it goes out of scope.
class cursor {
public:
  explicit cursor(sqlite3_stmt* it) : it_(it) {}
  cursor(cursor&& other) noexcept : it_(std::exchange(other.it_, nullptr)) {}
  cursor& operator=(cursor&&) = delete;
  ~cursor();

  bool next(); ///< Goes to the next row; false after the last. Throws `failure`.

  std::int64_t integer(int column) const;
  std::string_view text(int column) const; ///< Until the next call of `next`.
  uuid id(int column) const;               ///< Throws `failure` (corrupt) unless it is 16 bytes.
  bool is_null(int column) const;

  /// The value if it is of the kind that `type` keeps, else null.
  field_value value(int column, column_type type) const;

private:
  sqlite3_stmt* it_;
};

/// A statement of one connection. Texts and ids bound must live until the cursor is gone.
class statement {
public:
  statement(sqlite3* db, std::string_view sql); ///< Throws `failure`.
  statement(statement&& other) noexcept : it_(std::exchange(other.it_, nullptr)) {}
  statement& operator=(statement&&) = delete;
  ~statement();

  template <class... Values>
  cursor select(const Values&... values) {
    int at = 0;
    (bind(++at, values), ...);
    return cursor(it_);
  }

  /// Runs it to its end.
  template <class... Values>
  void run(const Values&... values) {
    auto rows = select(values...);
    while (rows.next()) continue;
  }

  void bind(int at, std::string_view text);
  void bind(int at, const std::string& text) { bind(at, std::string_view(text)); }
  void bind(int at, const char* text) { bind(at, std::string_view(text)); }
  void bind(int at, const uuid& id);
  void bind(int at, const field_value& value);
  void bind(int at, double value);
  void bind_integer(int at, std::int64_t value);

  template <class Integer>
  requires std::is_integral_v<Integer>
  void bind(int at, Integer value) { bind_integer(at, static_cast<std::int64_t>(value)); }

private:
  void check(int code) const;
  sqlite3_stmt* it_ = nullptr;
};

} // namespace stele::sqlite
