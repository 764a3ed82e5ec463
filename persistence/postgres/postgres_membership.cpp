#include "persistence/postgres/postgres_membership.hpp"

#include "persistence/postgres/cluster_view_sql.hpp"

#include <algorithm>

namespace stele::postgres {

namespace {

using namespace std::chrono;

// What the functions answer when they did nothing.
constexpr std::int64_t i_am_dead = -1, not_the_victim = -2, wrong_status = -3;

constexpr auto renewal_limit_min = milliseconds(1'000);
constexpr int tries_to_connect_per_lease = 30;

store_error fenced() {
  return {store_fault::fenced, "this node is no member any more: it has left or another one has taken its shards; it "
                               "must be started anew"};
}

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

parameters of(node_number me) {
  parameters values;
  values.add_bigint(me);
  return values;
}

/// What a function answered, unless it says that the node is dead, or may do this at another time only.
stored<std::int64_t> run(connection& db, const std::string& sql, parameters& values) {
  const std::int64_t answer = db.run(sql, values).integer(0, 0);
  if (answer == i_am_dead) return fenced();
  if (answer == wrong_status) return refused("not while this node is as it is: a node joins, is active, leaves");
  if (db.warned()) // As when a standby that must have it did not get it.
    return store_error{store_fault::unknown, "PostgreSQL warned while it was committed; read the view"};
  return answer;
}

} // namespace

connection_settings postgres_membership::for_renewals(connection_settings where, milliseconds lease) {
  where.limit = std::max(lease, renewal_limit_min);
  where.pause_max = lease / tries_to_connect_per_lease;
  return where;
}

postgres_membership::postgres_membership(connection_settings where, node_number me, milliseconds lease)
    : me_(me), lease_(lease), renewing_(for_renewals(where, lease), 1), rest_(where, 1) {}

void postgres_membership::close() {
  renewing_.close();
  rest_.close();
}

template <class T, class Answer>
void postgres_membership::call(workers& by, const std::string& sql, parameters values, reply_to<T> reply,
                               Answer answer) {
  by.write<T>(
      [sql, values = std::move(values), answer](connection& db) mutable -> stored<T> {
        auto said = run(db, sql, values);
        if (!said) return said.error();
        return answer(*said);
      },
      std::move(reply));
}

void postgres_membership::renew(reply_to<std::uint64_t> reply) {
  parameters values = of(me_);
  values.add_text(std::to_string(lease_.count()) + " ms");
  call<std::uint64_t>(renewing_, "SELECT stele.es_renew_lease($1, $2::interval)", std::move(values), std::move(reply),
                      [](std::int64_t number) { return static_cast<std::uint64_t>(number); });
}

void postgres_membership::read_view(reply_to<cluster_view> reply) {
  rest_.read<cluster_view>(
      urgency::quick, [](connection& db) { return read_cluster_view(db); }, std::move(reply));
}

void postgres_membership::announce(member_addresses at, reply_to<done> reply) {
  parameters values = of(me_);
  values.add_text(at.cluster).add_text(at.gateway).add_text(at.http).add_bigint(at.weight).add_bigint(at.build);
  call<done>(rest_, "SELECT stele.es_announce($1, $2, $3, $4, $5, $6)", std::move(values), std::move(reply),
             [](std::int64_t) { return done{}; });
}

void postgres_membership::activate(reply_to<done> reply) {
  call<done>(rest_, "SELECT stele.es_activate($1)", of(me_), std::move(reply), [](std::int64_t) { return done{}; });
}

void postgres_membership::claim(reply_to<std::uint32_t> reply) {
  call<std::uint32_t>(
      rest_, "SELECT stele.es_claim($1, ARRAY(SELECT shard FROM stele.es_shards WHERE node_id IS NULL))", of(me_),
      std::move(reply), [](std::int64_t shards) { return static_cast<std::uint32_t>(shards); });
}

void postgres_membership::take_over(node_number victim, bool gone, reply_to<bool> reply) {
  if (victim == me_) return reply(refused("a node can't take itself over; it leaves"));
  parameters values = of(me_);
  values.add_bigint(victim).add_boolean(gone);
  call<bool>(rest_, "SELECT stele.es_takeover($1, $2, $3)", std::move(values), std::move(reply),
             [](std::int64_t shards) { return shards != not_the_victim; });
}

void postgres_membership::give(shard_number shard, std::uint64_t epoch, node_number to,
                               reply_to<std::optional<std::uint64_t>> reply) {
  if (to == me_) return reply(refused("a node gives nothing to itself; it keeps it"));
  parameters values = of(me_);
  values.add_integer(shard).add_bigint(epoch).add_bigint(to);
  call<std::optional<std::uint64_t>>(
      rest_, "SELECT stele.es_give($1, $2, $3, $4)", std::move(values), std::move(reply),
      [](std::int64_t given) { return given > 0 ? std::optional(static_cast<std::uint64_t>(given)) : std::nullopt; });
}

void postgres_membership::keep(shard_number shard, std::uint64_t epoch, reply_to<done> reply) {
  parameters values = of(me_);
  values.add_integer(shard).add_bigint(epoch);
  call<done>(rest_, "SELECT stele.es_keep($1, $2, $3)", std::move(values), std::move(reply),
             [](std::int64_t) { return done{}; });
}

void postgres_membership::leave(reply_to<std::uint32_t> reply) {
  call<std::uint32_t>(rest_, "SELECT stele.es_leave($1)", of(me_), std::move(reply),
                      [](std::int64_t shards) { return static_cast<std::uint32_t>(shards); });
}

void postgres_membership::leave_last(reply_to<done> reply) {
  call<done>(rest_, "SELECT stele.es_release($1)", of(me_), std::move(reply), [](std::int64_t) { return done{}; });
}

} // namespace stele::postgres
