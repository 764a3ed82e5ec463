#include "persistence/sqlite/statement.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace stele::sqlite {

namespace {

failure complaint(sqlite3* db, std::string_view about) {
  return {sqlite3_extended_errcode(db), "SQLite: " + std::string(sqlite3_errmsg(db)) + " (" + std::string(about) + ")"};
}

failure complaint(sqlite3_stmt* it) {
  const char* sql = sqlite3_sql(it);
  return complaint(sqlite3_db_handle(it), sql ? std::string_view(sql).substr(0, 80) : std::string_view());
}

} // namespace

cursor::~cursor() {
  sqlite3_reset(it_); // Repeats the error that `next` has already thrown.
}

bool cursor::next() {
  const int code = sqlite3_step(it_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw complaint(it_);
}

std::int64_t cursor::integer(int column) const { return sqlite3_column_int64(it_, column); }

std::string_view cursor::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(it_, column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(it_, column)))
               : std::string_view();
}

uuid cursor::id(int column) const {
  uuid id;
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(it_, column));
  if (!bytes || sqlite3_column_bytes(it_, column) != static_cast<int>(id.bytes.size()))
    throw failure(SQLITE_CORRUPT, "an id in the store is not 16 bytes long; run `stele verify` on a copy");
  std::copy_n(bytes, id.bytes.size(), id.bytes.begin());
  return id;
}

bool cursor::is_null(int column) const { return sqlite3_column_type(it_, column) == SQLITE_NULL; }

field_value cursor::value(int column, column_type type) const {
  const int kind = sqlite3_column_type(it_, column);
  if (type == column_type::text || type == column_type::json)
    return kind == SQLITE_TEXT ? field_value(std::string(text(column))) : field_value();
  if (type == column_type::real)
    return kind == SQLITE_FLOAT ? field_value(sqlite3_column_double(it_, column)) : field_value();
  return kind == SQLITE_INTEGER ? field_value(integer(column)) : field_value();
}

statement::statement(sqlite3* db, std::string_view sql) {
  if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &it_, nullptr) !=
      SQLITE_OK)
    throw complaint(db, sql.substr(0, 80));
}

statement::~statement() { sqlite3_finalize(it_); }

void statement::check(int code) const {
  if (code != SQLITE_OK) throw complaint(it_);
}

void statement::bind(int at, std::string_view text) {
  const char* bytes = text.data() ? text.data() : "";
  check(sqlite3_bind_text64(it_, at, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind(int at, const uuid& id) {
  check(sqlite3_bind_blob64(it_, at, id.bytes.data(), id.bytes.size(), SQLITE_STATIC));
}

void statement::bind(int at, const field_value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return bind(at, std::string_view(*text));
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return bind_integer(at, *whole);
  if (const auto* real = std::get_if<double>(&value)) return bind(at, *real);
  check(sqlite3_bind_null(it_, at));
}

void statement::bind(int at, double value) { check(sqlite3_bind_double(it_, at, value)); }

void statement::bind_integer(int at, std::int64_t value) { check(sqlite3_bind_int64(it_, at, value)); }

} // namespace stele::sqlite
