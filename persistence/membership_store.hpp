// Port: who the nodes of a store are, and which of them owns which shard. `docs/protocol.md` has the rules.
#pragma once

#include "persistence/identifiers.hpp"
#include "persistence/store_error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stele {

/// One start of one process. Never used again. 0: nobody.
using node_number = std::uint64_t;

/// From left to right only. Dead is final.
enum class member_status : std::uint8_t {
  joining, ///< Has lanes, owns nothing, and nothing may be given to it yet.
  active,
  leaving, ///< Gives away what it has; nothing is given to it.
  dead     ///< Fenced: it writes nothing any more.
};

/// Where a node is reached, and how much it wants to carry.
struct member_addresses {
  std::string cluster; ///< `host:port` of the door for other nodes.
  std::string gateway; ///< Of the door for CAF clients.
  std::string http;
  std::uint32_t weight = 1; ///< A node of weight 2 owns twice as many shards as one of weight 1.
  std::uint32_t build = 0;  ///< Of the program; while nodes differ, shards move to the newest only.
  friend bool operator==(const member_addresses&, const member_addresses&) = default;
};

struct member {
  node_number number = 0;
  std::string name; ///< As in `node.name`; a node that starts again keeps its name and gets another number.
  member_status status = member_status::joining;
  member_addresses at;
  std::int64_t lease_left_ms = 0; ///< By the store's clock, as it was read; not above 0: it has expired.
};

struct shard_owner {
  node_number node = 0;
  std::uint64_t epoch = 0; ///< Rises at every change of the owner.
  friend bool operator==(const shard_owner&, const shard_owner&) = default;
};

/// Everything at one moment. Of two views the one with the greater number is the later; equal numbers are equal views
/// (leases apart, which are no part of it).
struct cluster_view {
  std::uint64_t number = 0;
  std::vector<member> members;     ///< Those that are not dead, by number.
  std::vector<shard_owner> shards; ///< Of each shard.
};

/// The place of one node among the nodes of its store.
///
/// Asynchronous, safe from any thread, on connections of its own, so that no batch and no read delays it. Calls run in
/// the order they were made; `renew` may overtake the others. Where a call can't tell whether it had its effect it
/// fails with `unknown`: read the view, and for a shard that was being given `keep` it first. `fenced`: this node is
/// dead for ever.
class membership_store {
public:
  virtual ~membership_store() = default;

  /// The number this process got when it opened the store. It is `joining` then, and its lease runs.
  virtual node_number me() const = 0;

  /// Prolongs the lease by its whole length from now, by the store's clock. Answers the number of the present view.
  virtual void renew(reply_to<std::uint64_t> reply) = 0;

  virtual void read_view(reply_to<cluster_view> reply) = 0;

  /// Says where this node is reached. While it is joining.
  virtual void announce(member_addresses at, reply_to<done> reply) = 0;

  /// From joining to active.
  virtual void activate(reply_to<done> reply) = 0;

  /// Takes all shards that nobody owns. Answers how many.
  virtual void claim(reply_to<std::uint32_t> reply) = 0;

  /// Fences a node and takes its shards, in one transaction that waits for its batches in flight. `gone`: its process
  /// was seen not to be there, so its lease needn't have expired. False: it is dead already, or alive.
  virtual void take_over(node_number victim, bool gone, reply_to<bool> reply) = 0;

  /// Gives a shard to an active node, if it is still mine at that epoch. Answers the new epoch; nothing when it was not
  /// given. No batch with events of the shard may be out or unresolved.
  virtual void give(shard_number shard, std::uint64_t epoch, node_number to,
                    reply_to<std::optional<std::uint64_t>> reply) = 0;

  /// Gives it to myself at that epoch, so that a give whose outcome is unknown can't happen later. Read the view next.
  virtual void keep(shard_number shard, std::uint64_t epoch, reply_to<done> reply) = 0;

  /// From active to leaving, or, when no shard is left, to dead. Answers how many shards are left to be given away.
  virtual void leave(reply_to<std::uint32_t> reply) = 0;

  /// As the last node: leaves, and its shards are nobody's.
  virtual void leave_last(reply_to<done> reply) = 0;
};

} // namespace stele
