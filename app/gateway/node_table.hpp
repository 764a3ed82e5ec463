// The node ids that are connected, each once.
#pragma once

#include "app/gateway/basp_header.hpp"

#include <mutex>
#include <set>

namespace stele::gateway {

/// CAF finds the way to a peer by its node id alone: a second connection with the same id would get the replies of the
/// first. So a node id has one connection. Safe from any thread.
class node_table {
public:
  /// False: another connection has it.
  bool take(const node_bytes& id) {
    std::lock_guard lock{mutex_};
    return taken_.insert(id).second;
  }

  void give_back(const node_bytes& id) {
    std::lock_guard lock{mutex_};
    taken_.erase(id);
  }

private:
  std::mutex mutex_;
  std::set<node_bytes> taken_;
};

} // namespace stele::gateway
