// What a cluster costs when nobody asks, and what it costs to ask the wrong node.
#pragma once

#include "tests/drills/shard_probes.hpp"

namespace drill {

struct idle_figures {
  std::vector<double> cpu_percent; ///< Of one core, of each node that runs.
  double statements_per_second = 0, transactions_per_second = 0;
};

/// Watches for so long.
idle_figures watch_idle(const cluster_nodes& nodes, std::size_t how_many, std::chrono::milliseconds how_long);

struct wrong_node_figures {
  std::vector<double> right_ms, wrong_ms; ///< Commands over HTTP at the owner of the shard, and at another node.
  std::vector<double> here_ms, other_ms;  ///< Look-ups with the token of the command just done, at the same two.
};

/// One command after the other, and after each a look-up at a node that did not take it. A look-up that does not show
/// the command is named in `broken`.
wrong_node_figures ask_wrong_nodes(const cluster_nodes& nodes, const shard_probes& probes, cluster_load& book,
                                   std::size_t rounds, std::vector<std::string>& broken);

} // namespace drill
