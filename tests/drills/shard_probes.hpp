// One order in each shard, to see when a shard takes commands again.
#pragma once

#include "tests/drills/cluster_load.hpp"

#include <array>

namespace drill {

/// Commands over CAF, by a client that knows the first three nodes and tries again soon.
class shard_probes {
public:
  /// Makes the orders.
  shard_probes(const cluster_nodes& nodes, cluster_load& book);

  /// Sends a command to each of the shards at once and waits until all are done. The time of each from `begin` on, in
  /// ms. What is not done within 30 s is named in `broken`.
  std::vector<double> send(const std::vector<std::uint32_t>& shards, std::chrono::steady_clock::time_point begin,
                           std::vector<std::string>& broken);

  std::string order_in(std::uint32_t shard) const { return orders_[shard].id; }

private:
  struct order {
    std::string id;
    std::uint64_t version = 0;
  };

  cluster_load& book_;
  stele::client client_;
  std::array<order, cluster_nodes::shards> orders_;
};

} // namespace drill
