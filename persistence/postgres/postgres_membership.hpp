// The nodes of a cluster, in PostgreSQL: members, leases, shard owners.
#pragma once

#include "persistence/membership_store.hpp"
#include "persistence/postgres/workers.hpp"

namespace stele::postgres {

/// One thread and connection renews, another does the rest in call order. Each call is one statement; what it means is
/// in the functions of `schema/`, which answer -1 to a node that is dead.
class postgres_membership final : public membership_store {
public:
  postgres_membership(connection_settings where, node_number me, std::chrono::milliseconds lease);

  /// A renewal that takes longer than the lease is of no use; the next one is better sent on a new connection. And one
  /// that waits long for its turn to connect may come too late, when the server has been back for a while.
  static connection_settings for_renewals(connection_settings where, std::chrono::milliseconds lease);

  node_number me() const override { return me_; }
  void renew(reply_to<std::uint64_t> reply) override;
  void read_view(reply_to<cluster_view> reply) override;
  void announce(member_addresses at, reply_to<done> reply) override;
  void activate(reply_to<done> reply) override;
  void claim(reply_to<std::uint32_t> reply) override;
  void take_over(node_number victim, bool gone, reply_to<bool> reply) override;
  void give(shard_number shard, std::uint64_t epoch, node_number to,
            reply_to<std::optional<std::uint64_t>> reply) override;
  void keep(shard_number shard, std::uint64_t epoch, reply_to<done> reply) override;
  void leave(reply_to<std::uint32_t> reply) override;
  void leave_last(reply_to<done> reply) override;

  /// Finishes what was asked and answers it. The node stays a member: others replace it when its lease has expired.
  void close();

private:
  template <class T, class Answer>
  void call(workers& by, const std::string& sql, parameters values, reply_to<T> reply, Answer answer);

  const node_number me_;
  const std::chrono::milliseconds lease_;
  workers renewing_, rest_;
};

} // namespace stele::postgres
