// Which shards should move from whom to whom, so that every node carries its part: a pure function of a view.
#pragma once

#include "persistence/membership_store.hpp"

#include <vector>

namespace stele {

struct shard_move {
  shard_number shard = 0;
  node_number from = 0, to = 0;
  friend bool operator==(const shard_move&, const shard_move&) = default;
};

/// The fewest moves after which each active node owns its part by weight, give or take one shard. Every node that sees
/// the same view plans the same; each carries out the moves that are `from` itself.
///
/// A node that is leaving, or whose lease has expired, should own nothing. While builds differ only nodes of the newest
/// get shards; the others keep what they have, up to their part. Shards that nobody owns are not moved: they are
/// claimed. Nothing is planned when nobody could get anything.
std::vector<shard_move> plan_moves(const cluster_view& view);

} // namespace stele
