// Requests to the nodes of one store over HTTP: where one fails, the next is asked.
#pragma once

#include "app/load/http_connections.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <vector>

namespace stele::load {

/// Each request begins at the node of its caller. Where there are several nodes, one that gives no answer, or answers
/// 503 or 504, is left: the request goes to the next with the same key until its time is over, and so do the later ones
/// of that caller. Safe from any thread.
class http_nodes {
public:
  /// So many connections, spread over the nodes.
  http_nodes(const std::vector<http::node_access>& nodes, std::size_t connections);
  ~http_nodes(); ///< Answers everything.
  http_nodes(const http_nodes&) = delete;
  http_nodes& operator=(const http_nodes&) = delete;

  std::size_t count() const { return nodes_.size(); }

  /// The node where requests of a caller begin.
  std::size_t begins_at(std::string_view caller) const { return std::hash<std::string_view>()(caller) % count(); }

  /// `limit_ms`: until when it is tried again; each node is tried once, whatever it is. `done` is called once, from a
  /// thread of the connections; it must not block.
  void send(http_request it, std::size_t begins_at, std::int64_t limit_ms, std::function<void(http_reply)> done);

private:
  struct request_under_way;
  using under_way_ptr = std::shared_ptr<request_under_way>;

  void attempt(const under_way_ptr& it, std::size_t node, std::int64_t pause_ms);
  void take(const under_way_ptr& it, std::size_t node, http_reply how);
  bool is_over(const request_under_way& it) const;

  std::unique_ptr<std::atomic<std::size_t>[]> present_; ///< Where the callers of each node are now.
  std::shared_mutex mutex_;
  bool ended_ = false; ///< Under the mutex: nothing is sent any more.
  std::vector<std::unique_ptr<http_connections>> nodes_;
};

} // namespace stele::load
