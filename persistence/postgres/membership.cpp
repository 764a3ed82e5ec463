#include "persistence/postgres/membership.hpp"

namespace stele::postgres {

namespace {

using namespace std::chrono;

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

std::string interval_of(milliseconds it) { return std::to_string(it.count()) + " ms"; }

/// The name of a node that lives; empty when none does.
std::string living_node(connection& db, std::uint64_t but) {
  db.run("SELECT stele.es_expire_ended()");
  parameters values;
  values.add_bigint(but);
  const result rows = db.run("SELECT m.name || ' (number ' || m.node_id || ')' FROM stele.es_members m "
                             "JOIN stele.es_heartbeats h USING (node_id) WHERE m.status <> 'dead' AND m.node_id <> $1 "
                             "AND h.expires_at >= clock_timestamp() LIMIT 1",
                             values);
  return rows.rows() > 0 ? std::string(rows.text(0, 0)) : "";
}

/// Gives a node that is just ending the time to do so. The server does the waiting.
std::string living_after(connection& db, milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  std::string living = living_node(db, 0);
  while (!living.empty() && steady_clock::now() < until) {
    db.run("SELECT pg_sleep(0.02)");
    living = living_node(db, 0);
  }
  return living;
}

std::uint64_t join(connection& db, const joining& how) {
  parameters values;
  values.add_text(how.name).add_integer(how.lanes).add_text(interval_of(how.ttl));
  return static_cast<std::uint64_t>(db.run("SELECT stele.es_join($1, '', $2, $3::interval)", values).integer(0, 0));
}

void take_over_the_dead(connection& db, std::uint64_t me) {
  parameters values;
  values.add_bigint(me);
  const result victims = db.run("SELECT m.node_id FROM stele.es_members m JOIN stele.es_heartbeats h USING (node_id) "
                                "WHERE m.status <> 'dead' AND m.node_id <> $1 AND h.expires_at < clock_timestamp()",
                                values);
  for (int row = 0; row < victims.rows(); ++row) {
    parameters who;
    who.add_bigint(me).add_signed(victims.integer(row, 0));
    db.run("SELECT stele.es_takeover($1, $2)", who);
  }
}

void claim_the_free(connection& db, std::uint64_t me) {
  parameters values;
  values.add_bigint(me);
  db.run("SELECT stele.es_claim($1, ARRAY(SELECT shard FROM stele.es_shards WHERE node_id IS NULL))", values);
}

/// A node of a cluster that came back to life meanwhile would be one too many.
bool has_all_alone(connection& db, std::uint64_t me, std::uint32_t shards) {
  parameters values;
  values.add_bigint(me);
  const result rows = db.run("SELECT (SELECT count(*) FROM stele.es_shards WHERE node_id = $1), (SELECT count(*) FROM "
                             "stele.es_members WHERE clustered AND status <> 'dead')",
                             values);
  return rows.integer(0, 0) == shards && rows.integer(0, 1) == 0;
}

void call_with(connection& db, const std::string& sql, std::uint64_t node) {
  parameters values;
  values.add_bigint(node);
  db.run(sql, values);
}

} // namespace

stored<std::uint64_t> join_alone(connection& db, const joining& how) {
  if (const std::string living = living_after(db, how.patience); !living.empty())
    return refused("node " + living + " is running on schema " + db.schema() +
                   "; stop the node first, or wait until its heartbeat has expired");
  const std::uint64_t me = join(db, how);
  if (me == 0)
    return refused("a node of a cluster started on schema " + db.schema() +
                   " at the same moment; start this one with cluster.enabled = true to join it");
  take_over_the_dead(db, me);
  claim_the_free(db, me);
  if (has_all_alone(db, me, how.shards)) return me;
  call_with(db, "SELECT stele.es_release($1)", me);
  return refused("another node started on schema " + db.schema() +
                 " at the same moment and owns its shards; one is "
                 "enough");
}

stored<std::uint64_t> join_cluster(connection& db, const joining& how) {
  const auto until = steady_clock::now() + how.patience;
  for (;;) {
    db.run("SELECT stele.es_expire_ended()");
    parameters values;
    values.add_text(how.name).add_integer(how.lanes).add_text(interval_of(how.ttl));
    const auto me = db.run("SELECT stele.es_join_cluster($1, $2, $3::interval)", values).integer(0, 0);
    if (me > 0) return static_cast<std::uint64_t>(me);
    if (steady_clock::now() >= until) break;
    db.run("SELECT pg_sleep(0.02)");
  }
  return refused("a node that is not clustered is running on schema " + db.schema() +
                 " and has it alone; stop it, and start it with cluster.enabled = true");
}

heartbeat::heartbeat(connection_settings where, connection db, std::uint64_t node, milliseconds ttl)
    : where_(std::move(where)), db_(std::move(db)), node_(node), ttl_(ttl), thread_([this] { run(); }) {}

heartbeat::~heartbeat() { close(); }

void heartbeat::close() {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
  }
  closing_.notify_all();
  thread_.join();
}

void heartbeat::run() {
  std::unique_lock lock(mutex_);
  while (!closing_.wait_for(lock, ttl_ / 3, [this] { return closed_; })) {
    lock.unlock();
    renew();
    lock.lock();
  }
  lock.unlock();
  release();
}

/// A renewal that fails is tried again at the next turn, on a new connection.
void heartbeat::renew() {
  try {
    if (!db_ || !db_->usable()) db_.emplace(where_);
    parameters values;
    values.add_bigint(node_).add_text(interval_of(ttl_));
    db_->run("SELECT stele.es_renew($1, $2::interval)", values);
  } catch (const failure&) { db_.reset(); }
}

/// When it fails, the next node waits until the heartbeat has expired, or sees that this session has ended.
void heartbeat::release() {
  try {
    if (!db_ || !db_->usable()) db_.emplace(where_);
    call_with(*db_, "SELECT stele.es_release($1)", node_);
  } catch (const failure&) { db_.reset(); }
}

} // namespace stele::postgres
