#include "persistence/sqlite/backup.hpp"

#include "persistence/new_history.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace stele::sqlite {

namespace {

store_error refused(const std::string& file, const std::string& why) {
  return {store_fault::refused, "backup to " + file + ": " + why};
}

void copy_pages(connection& from, connection& to) {
  sqlite3_backup* copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copy) sqlite3_backup_step(copy, -1);
  const int code = copy ? sqlite3_backup_finish(copy) : sqlite3_extended_errcode(to.handle());
  if (code != SQLITE_OK) throw failure(code, std::string("SQLite: ") + sqlite3_errstr(code) + " (backup)");
}

/// The copy stands for itself: another history, and no write-ahead log beside it.
void make_independent(connection& copy) {
  copy.prepared("UPDATE store SET history = ?, clean = 1 WHERE id = 1").run(new_history());
  copy.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

void remove_remains(const std::string& file) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((file + suffix).c_str());
}

} // namespace

stored<done> copy_store(connection& from, const std::string& file) {
  std::error_code none;
  if (std::filesystem::exists(file, none)) return refused(file, "the file exists; give another name");
  const std::string part = file + ".part";
  remove_remains(part);
  try {
    connection to(part, role::owner);
    copy_pages(from, to);
    make_independent(to);
  } catch (const failure& it) {
    remove_remains(part);
    return refused(file, it.what());
  }
  // link() and not rename(): it does not replace a file that somebody made in the meantime.
  const bool linked = ::link(part.c_str(), file.c_str()) == 0;
  const int why = errno;
  remove_remains(part);
  if (!linked) return refused(file, std::strerror(why));
  return done{};
}

} // namespace stele::sqlite
