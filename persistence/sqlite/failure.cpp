#include "persistence/sqlite/failure.hpp"

#include <sqlite3.h>

namespace stele::sqlite {

store_fault failure::fault() const {
  switch (code_ & 0xFF) {
  case SQLITE_CONSTRAINT:
    return store_fault::conflict;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_MISMATCH:
    return store_fault::corrupt;
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
  case SQLITE_NOMEM:
  case SQLITE_BUSY:
    return store_fault::unavailable;
  default:
    return store_fault::refused;
  }
}

bool failure::breaks_connection() const {
  const int kind = code_ & 0xFF;
  return kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

} // namespace stele::sqlite
