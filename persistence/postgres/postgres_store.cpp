#include "persistence/postgres/postgres_store.hpp"

#include "persistence/postgres/durability.hpp"
#include "persistence/postgres/postgres_ports.hpp"
#include "persistence/postgres/schema.hpp"

#include <algorithm>

namespace stele::postgres {

namespace {

using namespace std::chrono;

constexpr std::size_t schema_bytes_max = 40;
constexpr std::uint32_t lanes_max = 16;
constexpr auto lease_min = milliseconds(50);
constexpr auto append_limit = seconds(30);
constexpr auto table_limit = minutes(10); // An index of a big table takes its time.

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

class postgres_store final : public store {
public:
  explicit postgres_store(std::unique_ptr<shared_parts> shared)
      : shared_(std::move(shared)), events_(*shared_), snapshots_(*shared_), views_(*shared_) {}
  ~postgres_store() override { close(); }

  event_store& events() override { return events_; }
  snapshot_store& snapshots() override { return snapshots_; }
  view_store& views() override { return views_; }
  membership_store* membership() override { return shared_->membership.get(); }

  void backup(std::string, reply_to<done> reply) override {
    shared_->reading->read<done>(
        urgency::quick,
        [](connection&) -> stored<done> {
          return refused("a store in PostgreSQL is saved with PostgreSQL's own tools: pg_basebackup or pg_dump");
        },
        std::move(reply));
  }

  /// The node leaves last: until then its lanes must stand.
  void close() override {
    shared_->reading->close();
    if (shared_->showing) shared_->showing->close();
    for (auto& it : shared_->lanes) it->close();
    if (shared_->projecting) shared_->projecting->close();
    if (shared_->living) shared_->living->close();
    if (shared_->membership) shared_->membership->close();
  }

private:
  std::unique_ptr<shared_parts> shared_;
  postgres_events events_;
  postgres_snapshots snapshots_;
  postgres_views views_;
};

stored<done> check_options(const store_options& options) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  const std::string& schema = options.schema;
  if (schema.empty() || schema.size() > schema_bytes_max || !std::all_of(schema.begin(), schema.end(), plain) ||
      schema.starts_with("pg_"))
    return refused("a schema is called by 1 to " + std::to_string(schema_bytes_max) +
                   " small letters, digits and underscores, not " + schema);
  if (options.lanes == 0 || options.lanes > lanes_max || options.lanes > options.shards)
    return refused("a store has 1 to " + std::to_string(lanes_max) + " lanes, not more than its shards, and not " +
                   std::to_string(options.lanes));
  if (options.clustered && options.lease < lease_min)
    return refused("a lease lasts " + std::to_string(lease_min.count()) + " ms at least, not " +
                   std::to_string(options.lease.count()) + " ms");
  return done{};
}

stored<done> check_durability(connection& db, const store_options& options) {
  const auto weak = weakness_of(db);
  if (!weak) return done{};
  if (options.durability != "warn") return refused(*weak);
  if (options.warn) options.warn(*weak);
  return done{};
}

/// Numbers of transactions only rise, unless the log came from another server: then new events would stand before old.
stored<done> check_order(connection& db) {
  const bool fits = db.integer("SELECT coalesce(max(global_position), 0) < pg_snapshot_xmax(pg_current_snapshot())"
                               "::text::bigint << 20 FROM stele.es_events") != 0;
  if (fits) return done{};
  return refused("the log in schema " + db.schema() +
                 " was copied from a server that had counted more transactions: new events would stand before old "
                 "ones; raise this server's counter with pg_resetwal --next-transaction-id and --epoch");
}

/// Readers of a second address see the same store, perhaps a moment later.
void start_readers(shared_parts& shared, connection_settings where, const store_options& options) {
  where.history = shared.identity.history;
  shared.reading = std::make_unique<workers>(where, options.readers);
  if (options.read_uri.empty()) return;
  where.uri = options.read_uri;
  where.made = std::make_shared<std::atomic<std::uint64_t>>(0); // Of another server.
  where.primary = false;
  shared.showing = std::make_unique<workers>(where, options.readers);
}

void start_writers(shared_parts& shared, connection_settings where, const store_options& options,
                   const std::vector<shard_position>& heads) {
  where.history = shared.identity.history;
  where.limit = append_limit;
  for (std::uint32_t i = 0; i < options.lanes; ++i)
    shared.lanes.push_back(
        std::make_unique<lane>(where, shared.identity, lane_lease{shared.node, i, 1}, heads, shared.versions));
  where.limit = table_limit;
  shared.projecting = std::make_unique<workers>(where, 1);
}

stored<std::unique_ptr<shared_parts>> open_for_writing(const store_options& options, const connection_settings& where) {
  connection db(where);
  if (auto fits = migrate(db); !fits) return fits.error();
  make_identity(db, options.shards);
  auto identity = read_identity(db, options.shards);
  if (!identity) return identity.error();
  if (auto fits = check_durability(db, options); !fits) return fits.error();
  if (auto fits = check_order(db); !fits) return fits.error();
  joining how{.name = options.node, .lanes = options.lanes, .shards = options.shards};
  if (options.clustered) how.ttl = options.lease;
  auto node = options.clustered ? join_cluster(db, how) : join_alone(db, how);
  if (!node) return node.error();
  auto shared = std::make_unique<shared_parts>();
  shared->identity = *identity;
  shared->identity.lanes = options.lanes;
  shared->node = *node;
  shared->warn = options.warn;
  const auto heads = read_heads(db, options.shards); // After the take-over: later than its locks.
  auto alive = where;
  alive.history = identity->history;
  if (options.clustered)
    shared->membership = std::make_unique<postgres_membership>(alive, *node, options.lease);
  else
    shared->living = std::make_unique<heartbeat>(alive, std::move(db), *node, how.ttl);
  start_readers(*shared, where, options);
  start_writers(*shared, where, options, heads);
  return shared;
}

/// A standby will do.
stored<std::unique_ptr<shared_parts>> open_for_reading(const store_options& options, connection_settings where) {
  where.primary = false;
  connection db(where);
  if (auto fits = check_schema(db); !fits) return fits.error();
  auto identity = read_identity(db, options.shards);
  if (!identity) return identity.error();
  auto shared = std::make_unique<shared_parts>();
  shared->identity = *identity;
  start_readers(*shared, where, options);
  return shared;
}

} // namespace

stored<std::unique_ptr<store>> open_postgres_store(const store_options& options) {
  if (auto fits = check_options(options); !fits) return fits.error();
  connection_settings where;
  where.uri = options.uri;
  where.schema = options.schema;
  try {
    auto shared = options.read_only ? open_for_reading(options, where) : open_for_writing(options, where);
    if (!shared) return shared.error();
    return std::unique_ptr<store>(std::make_unique<postgres_store>(std::move(*shared)));
  } catch (const failure& it) { return refused("the store in schema " + options.schema + ": " + it.what()); }
}

} // namespace stele::postgres
