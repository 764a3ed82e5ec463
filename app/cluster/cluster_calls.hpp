// What the door for other nodes asks of a node: three functions, so that a test can stand in for the node.
#pragma once

#include "actors/command.hpp"
#include "actors/link.hpp"
#include "actors/query.hpp"

#include <functional>

namespace stele::cluster {

/// Each answers once, from any thread.
struct cluster_calls {
  std::function<void(command_ptr)> submit; ///< `forwarded` is set.
  std::function<void(query_ptr)> ask;      ///< Look-ups by key.
  std::function<void(peer_question, std::function<void(peer_answer)>)> peer_asked;
};

} // namespace stele::cluster
