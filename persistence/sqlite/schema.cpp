#include "persistence/sqlite/schema.hpp"

#include "persistence/new_history.hpp"

#include <array>

namespace stele::sqlite {

namespace {

struct migration {
  const char* name;
  const char* sql;
};

// A file is never edited once a version was released with it: stores remember its hash. Add the next number.
constexpr std::array migrations{
    migration{
        "001_migrations",
#include "persistence/sqlite/schema/001_migrations.sql"
    },
    migration{
        "002_store",
#include "persistence/sqlite/schema/002_store.sql"
    },
    migration{
        "003_events",
#include "persistence/sqlite/schema/003_events.sql"
    },
    migration{
        "004_snapshots",
#include "persistence/sqlite/schema/004_snapshots.sql"
    },
    migration{
        "005_views",
#include "persistence/sqlite/schema/005_views.sql"
    },
    migration{
        "006_checkpoints",
#include "persistence/sqlite/schema/006_checkpoints.sql"
    },
    migration{
        "007_retired",
#include "persistence/sqlite/schema/007_retired.sql"
    },
};

constexpr std::int64_t application_id = 0x5374656C; // "Stel"

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

/// 0 for an empty file.
stored<int> version_of(connection& db, const std::string& file) {
  const auto version = static_cast<int>(db.integer("PRAGMA user_version"));
  const bool empty = db.integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (empty && version == 0) return 0;
  if (db.integer("PRAGMA application_id") != application_id)
    return refused(file + " is a SQLite file, but no store of Stele; give another file");
  if (version > schema_version())
    return refused(file + " has schema version " + std::to_string(version) + ", this build knows up to " +
                   std::to_string(schema_version()) + "; use the newer version that made it");
  return version;
}

stored<done> check_migrations(connection& db, const std::string& file, int version) {
  if (version == 0) return done{};
  statement all(db.handle(), "SELECT number, checksum FROM migrations ORDER BY number");
  auto rows = all.select();
  for (int number = 1; number <= version; ++number) {
    const migration& ours = migrations[static_cast<std::size_t>(number - 1)];
    if (!rows.next() || rows.integer(0) != number || rows.id(1) != hash_to_uuid(ours.sql))
      return refused(file + " was not made by migration " + ours.name +
                     " as this build has it; use the build that made it");
  }
  return done{};
}

void run_migrations(connection& db, int from) {
  transaction whole(db, transaction::kind::write);
  for (int number = from + 1; number <= schema_version(); ++number) {
    const migration& it = migrations[static_cast<std::size_t>(number - 1)];
    db.execute(it.sql);
    statement keep(db.handle(), "INSERT INTO migrations (number, name, checksum) VALUES (?, ?, ?)");
    keep.run(number, it.name, hash_to_uuid(it.sql));
  }
  db.execute("PRAGMA application_id = " + std::to_string(application_id) +
             "; PRAGMA user_version = " + std::to_string(schema_version()));
  whole.commit();
}

void make_store(connection& db, std::uint32_t shards) {
  statement make(db.handle(),
                 "INSERT INTO store (id, history, shards, epoch, clean, resolved) VALUES (1, ?, ?, 0, 1, 0)");
  make.run(new_history(), shards);
}

} // namespace

int schema_version() { return static_cast<int>(migrations.size()); }

stored<done> migrate(connection& db, const std::string& file) {
  auto version = version_of(db, file);
  if (!version) return version.error();
  if (auto same = check_migrations(db, file, *version); !same) return same;
  if (*version < schema_version()) run_migrations(db, *version);
  return done{};
}

stored<done> check_schema(connection& db, const std::string& file) {
  auto version = version_of(db, file);
  if (!version) return version.error();
  if (*version == 0) return refused(file + " is empty; there is no store in it yet");
  if (*version < schema_version())
    return refused(file + " has schema version " + std::to_string(*version) +
                   "; start a node on it once to bring it to " + std::to_string(schema_version()));
  return check_migrations(db, file, *version);
}

stored<store_row> read_store(connection& db, const std::string& file, std::uint32_t shards) {
  statement read(db.handle(), "SELECT history, shards, epoch, clean FROM store WHERE id = 1");
  auto rows = read.select();
  if (!rows.next()) return refused(file + " holds no store: its row in table store is missing");
  store_row found{{rows.id(0), static_cast<std::uint32_t>(rows.integer(1)), 1}, rows.integer(2), rows.integer(3) != 0};
  if (found.identity.shards != shards)
    return refused(file + " was made with " + std::to_string(found.identity.shards) + " shards, not " +
                   std::to_string(shards) + "; set store.shards = " + std::to_string(found.identity.shards));
  return found;
}

stored<store_row> claim_store(connection& db, const std::string& file, std::uint32_t shards) {
  transaction whole(db, transaction::kind::write);
  if (db.integer("SELECT count(*) FROM store") == 0) make_store(db, shards);
  auto found = read_store(db, file, shards);
  if (!found) return found;
  db.execute("UPDATE store SET epoch = epoch + 1, clean = 0 WHERE id = 1");
  whole.commit();
  ++found->epoch;
  return found;
}

stored<done> check_structure(connection& db, const std::string& file) {
  statement check(db.handle(), "PRAGMA quick_check(1)");
  auto rows = check.select();
  if (rows.next() && rows.text(0) == "ok") return done{};
  return store_error{store_fault::corrupt, file + " is damaged: " + std::string(rows.text(0)) +
                                               "; restore a backup, or look at a copy with `stele verify`"};
}

} // namespace stele::sqlite
