// Requests on their way to one peer: put in from any thread, taken out by the actor that has the connection.
#pragma once

#include "app/cluster/peer_protocol.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <variant>
#include <vector>

namespace stele::cluster {

/// To the actor of a connection: requests wait in its outbox.
struct requests_wait {};

/// One request. `done` is called once, from any thread.
struct outgoing {
  std::vector<std::uint8_t> bytes;
  std::int64_t give_up_us = 0; ///< Steady clock: when no answer is expected any more.
  std::function<void(std::variant<peer_response, link_fault>)> done;
};

/// Requests at a peer that are not answered yet.
struct outbox_counts {
  std::size_t under_way = 0, queued = 0;
};

/// Open while there is a connection. The first request wakes the connection's actor; those that come before it runs
/// travel with it.
class peer_outbox {
public:
  /// `requests_max`: requests that wait or are under way.
  explicit peer_outbox(std::size_t requests_max) : requests_max_(requests_max) {}

  /// False, and `it` is as it was: there is no connection, or too much waits.
  bool put(outgoing& it);

  void open(caf::actor connection);
  std::vector<outgoing> take();
  std::vector<outgoing> close();          ///< Takes what waits; nothing is accepted from now on.
  void let_go(std::size_t request_bytes); ///< A request that was taken has been answered.
  void sent_now(std::size_t requests);    ///< So many of those that were taken are under way.

  std::optional<outbox_counts> counts() const; ///< Nothing: there is no connection.

private:
  mutable std::mutex mutex_;
  const std::size_t requests_max_;
  caf::actor connection_;
  std::vector<outgoing> waiting_;
  std::size_t requests_ = 0, bytes_ = 0; ///< Not answered yet.
  std::size_t under_way_ = 0;            ///< Of them, those that were sent.
};

using outbox_ptr = std::shared_ptr<peer_outbox>;

/// The outbox of each peer. Safe from any thread.
class outbox_table {
public:
  explicit outbox_table(std::size_t requests_max) : requests_max_(requests_max) {}

  outbox_ptr find(node_number peer) const; ///< Null: no such peer.
  outbox_ptr add(node_number peer);        ///< The one that is there, or a new one.
  void remove(node_number peer);
  std::vector<peer_requests> counts() const; ///< Of those there is a connection to.

private:
  const std::size_t requests_max_;
  mutable std::shared_mutex mutex_;
  std::map<node_number, outbox_ptr> outboxes_;
};

} // namespace stele::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::requests_wait)
