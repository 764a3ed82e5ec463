// Nodes of a cluster over one PostgreSQL store, for tests: calls that wait for their answers.
#pragma once

#include "tests/kit/postgres_place.hpp"

#include <poll.h>

#include <algorithm>

namespace stele::kit {

/// One start of one node. Its lease is long: a test lets it expire.
class cluster_node {
public:
  cluster_node(postgres_place& place, const std::string& name, std::uint32_t lanes = 1) {
    place.options.clustered = true;
    place.options.lease = std::chrono::minutes(10);
    place.options.node = name;
    place.options.lanes = lanes;
    store_ = place.open();
  }

  membership_store& members() { return *store_->membership(); }
  stele::store& store() { return *store_; }
  node_number me() const { return store_->membership()->me(); }

  stored<std::uint64_t> renew() {
    return ask<std::uint64_t>([&](auto reply) { members().renew(reply); });
  }
  cluster_view view() {
    return *ask<cluster_view>([&](auto reply) { members().read_view(reply); });
  }
  stored<done> announce(member_addresses at) {
    return ask<done>([&](auto reply) { members().announce(at, reply); });
  }
  stored<done> activate() {
    return ask<done>([&](auto reply) { members().activate(reply); });
  }
  stored<std::uint32_t> claim() {
    return ask<std::uint32_t>([&](auto reply) { members().claim(reply); });
  }
  stored<bool> take_over(node_number victim, bool gone = false) {
    return ask<bool>([&](auto reply) { members().take_over(victim, gone, reply); });
  }
  stored<std::optional<std::uint64_t>> give(shard_number shard, std::uint64_t epoch, node_number to) {
    return ask<std::optional<std::uint64_t>>([&](auto reply) { members().give(shard, epoch, to, reply); });
  }
  stored<done> keep(shard_number shard, std::uint64_t epoch) {
    return ask<done>([&](auto reply) { members().keep(shard, epoch, reply); });
  }
  stored<std::uint32_t> leave() {
    return ask<std::uint32_t>([&](auto reply) { members().leave(reply); });
  }
  stored<done> leave_last() {
    return ask<done>([&](auto reply) { members().leave_last(reply); });
  }
  stored<std::vector<shard_position>> open_shards(std::vector<shard_number> shards) {
    return ask<std::vector<shard_position>>([&](auto reply) { store_->events().open_shards(shards, reply); });
  }

private:
  std::unique_ptr<stele::store> store_;
};

/// The same, active.
inline std::unique_ptr<cluster_node> active_node(postgres_place& place, const std::string& name,
                                                 std::uint32_t lanes = 1) {
  auto it = std::make_unique<cluster_node>(place, name, lanes);
  EXPECT_TRUE(it->activate());
  return it;
}

/// How many shards a node owns; of node 0: how many nobody owns.
inline std::size_t owned_by(const cluster_view& view, node_number node) {
  return static_cast<std::size_t>(
      std::count_if(view.shards.begin(), view.shards.end(), [&](const shard_owner& it) { return it.node == node; }));
}

inline const member* find_member(const cluster_view& view, node_number node) {
  const auto found =
      std::find_if(view.members.begin(), view.members.end(), [&](const member& it) { return it.number == node; });
  return found == view.members.end() ? nullptr : &*found;
}

inline void let_lease_expire(postgres_place& place, node_number node) {
  place.run("UPDATE stele.es_heartbeats SET expires_at = '-infinity' WHERE node_id = " + std::to_string(node));
}

/// Waits until so many sessions wait for a lock in a statement of this schema that holds `word`.
inline void wait_for_locked(postgres_place& place, const std::string& word, int sessions = 1) {
  const std::string locked =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%\"" +
      place.options.schema + "\".%" + word + "%'";
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::stoi(place.run(locked)) < sessions) {
    if (std::chrono::steady_clock::now() > until) {
      ADD_FAILURE() << word << " does not wait";
      return;
    }
    ::poll(nullptr, 0, 1);
  }
}

/// An open transaction of somebody else; `stele.` in it stands for the schema.
class open_transaction {
public:
  explicit open_transaction(postgres_place& place, const std::string& script)
      : schema_(place.options.schema), session_(place.server().uri()) {
    run("BEGIN");
    answer = run(script);
  }
  void commit() { run("COMMIT"); }
  void roll_back() { run("ROLLBACK"); }

  std::string answer; ///< What the script said.

private:
  std::string run(std::string script) {
    for (std::size_t at = script.find("stele."); at != std::string::npos; at = script.find("stele.", at + 1))
      script.replace(at, 6, schema_ + ".");
    return session_.run(script);
  }

  const std::string schema_;
  const postgres_session session_;
};

} // namespace stele::kit
