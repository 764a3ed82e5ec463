#include "persistence/postgres/schema.hpp"

#include "persistence/new_history.hpp"

#include <algorithm>
#include <array>

namespace stele::postgres {

namespace {

struct migration {
  const char* name;
  const char* sql;
};

// A file is never edited once a version was released with it: stores remember its hash. Add the next number.
constexpr std::array migrations{
    migration{
        "0001_migrations",
#include "persistence/postgres/schema/0001_migrations.sql"
    },
    migration{
        "0002_store",
#include "persistence/postgres/schema/0002_store.sql"
    },
    migration{
        "0003_members",
#include "persistence/postgres/schema/0003_members.sql"
    },
    migration{
        "0004_lanes",
#include "persistence/postgres/schema/0004_lanes.sql"
    },
    migration{
        "0005_heartbeats",
#include "persistence/postgres/schema/0005_heartbeats.sql"
    },
    migration{
        "0006_shards",
#include "persistence/postgres/schema/0006_shards.sql"
    },
    migration{
        "0007_events",
#include "persistence/postgres/schema/0007_events.sql"
    },
    migration{
        "0008_snapshots",
#include "persistence/postgres/schema/0008_snapshots.sql"
    },
    migration{
        "0009_views",
#include "persistence/postgres/schema/0009_views.sql"
    },
    migration{
        "0010_checkpoints",
#include "persistence/postgres/schema/0010_checkpoints.sql"
    },
    migration{
        "0011_join",
#include "persistence/postgres/schema/0011_join.sql"
    },
    migration{
        "0012_claim",
#include "persistence/postgres/schema/0012_claim.sql"
    },
    migration{
        "0013_takeover",
#include "persistence/postgres/schema/0013_takeover.sql"
    },
    migration{
        "0014_leave",
#include "persistence/postgres/schema/0014_leave.sql"
    },
    migration{
        "0015_release",
#include "persistence/postgres/schema/0015_release.sql"
    },
    migration{
        "0016_renew",
#include "persistence/postgres/schema/0016_renew.sql"
    },
    migration{
        "0017_expire",
#include "persistence/postgres/schema/0017_expire.sql"
    },
    migration{
        "0018_addresses",
#include "persistence/postgres/schema/0018_addresses.sql"
    },
    migration{
        "0019_view_number",
#include "persistence/postgres/schema/0019_view_number.sql"
    },
    migration{
        "0020_join_alone",
#include "persistence/postgres/schema/0020_join_alone.sql"
    },
    migration{
        "0021_join_cluster",
#include "persistence/postgres/schema/0021_join_cluster.sql"
    },
    migration{
        "0022_announce",
#include "persistence/postgres/schema/0022_announce.sql"
    },
    migration{
        "0023_activate",
#include "persistence/postgres/schema/0023_activate.sql"
    },
    migration{
        "0024_claim_active",
#include "persistence/postgres/schema/0024_claim_active.sql"
    },
    migration{
        "0025_takeover_gone",
#include "persistence/postgres/schema/0025_takeover_gone.sql"
    },
    migration{
        "0026_takeover",
#include "persistence/postgres/schema/0026_takeover.sql"
    },
    migration{
        "0027_give",
#include "persistence/postgres/schema/0027_give.sql"
    },
    migration{
        "0028_keep",
#include "persistence/postgres/schema/0028_keep.sql"
    },
    migration{
        "0029_renew_lease",
#include "persistence/postgres/schema/0029_renew_lease.sql"
    },
    migration{
        "0030_expire_alone",
#include "persistence/postgres/schema/0030_expire_alone.sql"
    },
};

constexpr int newest = static_cast<int>(migrations.size());

store_error refused(const connection& db, const std::string& what) {
  return {store_fault::refused, "schema " + db.schema() + " " + what};
}

/// Asks the catalog's tables: `to_regclass` may answer from what the session remembered before it waited for a lock.
bool is_there(connection& db) {
  parameters values;
  values.add_text(db.schema());
  const result found = db.run("SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'es_migrations'", values);
  return found.rows() > 0;
}

/// How many of the migrations the schema has; they must be ours.
stored<int> version_of(connection& db) {
  if (!is_there(db)) return 0;
  const result rows = db.run("SELECT number, checksum FROM stele.es_migrations ORDER BY number");
  if (rows.rows() > newest)
    return refused(db, "has version " + std::to_string(rows.rows()) + ", this build knows up to " +
                           std::to_string(newest) + "; use the newer version that made it");
  for (int row = 0; row < rows.rows(); ++row) {
    const migration& ours = migrations[static_cast<std::size_t>(row)];
    if (rows.integer(row, 0) != row + 1 || rows.id(row, 1) != hash_to_uuid(ours.sql))
      return refused(db, "was not made by migration " + std::string(ours.name) +
                             " as this build has it; use the build that made it");
  }
  return rows.rows();
}

void run_migrations(connection& db, int from) {
  for (int number = from + 1; number <= newest; ++number) {
    const migration& it = migrations[static_cast<std::size_t>(number - 1)];
    db.execute(it.sql);
    parameters values;
    values.add_integer(number).add_text(it.name).add_id(hash_to_uuid(it.sql));
    db.run("INSERT INTO stele.es_migrations (number, name, checksum) VALUES ($1, $2, $3)", values);
  }
}

stored<done> check_encoding(connection& db) {
  const result encoding = db.run("SELECT current_setting('server_encoding')");
  if (encoding.text(0, 0) == "UTF8") return done{};
  return store_error{store_fault::refused,
                     "the database has encoding " + std::string(encoding.text(0, 0)) + "; make one with encoding UTF8"};
}

} // namespace

stored<done> migrate(connection& db) {
  if (auto fits = check_encoding(db); !fits) return fits;
  auto version = version_of(db);
  if (!version) return version.error();
  if (*version == newest) return done{};
  transaction whole(db);
  parameters values;
  values.add_text("stele migrations of " + db.schema());
  db.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", values);
  version = version_of(db); // Another node may have been faster.
  if (!version) return version.error();
  if (*version == 0) db.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(db.schema()));
  run_migrations(db, *version);
  whole.commit();
  return done{};
}

stored<done> check_schema(connection& db) {
  if (auto fits = check_encoding(db); !fits) return fits;
  auto version = version_of(db);
  if (!version) return version.error();
  if (*version == 0) return refused(db, "holds no store yet; start a node on it once");
  if (*version < newest)
    return refused(db, "has version " + std::to_string(*version) + "; start a node on it once to bring it to " +
                           std::to_string(newest));
  return done{};
}

stored<store_identity> read_identity(connection& db, std::uint32_t shards) {
  const result rows = db.run("SELECT history, shards FROM stele.es_store WHERE id = 1");
  if (rows.rows() == 0) return refused(db, "holds no store yet; start a node on it once");
  const auto found = static_cast<std::uint32_t>(rows.integer(0, 1));
  if (found != shards)
    return refused(db, "was made with " + std::to_string(found) + " shards, not " + std::to_string(shards) +
                           "; set store.shards = " + std::to_string(found));
  return store_identity{rows.id(0, 0), found, 1};
}

void make_identity(connection& db, std::uint32_t shards) {
  static const std::string sql =
      "WITH made AS (INSERT INTO stele.es_store (id, history, shards) VALUES (1, $1, $2) ON CONFLICT DO NOTHING "
      "RETURNING shards) INSERT INTO stele.es_shards (shard) SELECT generate_series(0, shards - 1) FROM made";
  if (db.run("SELECT 1 FROM stele.es_store").rows() > 0) return;
  parameters values;
  values.add_id(new_history()).add_integer(shards);
  db.run(sql, values);
}

} // namespace stele::postgres
