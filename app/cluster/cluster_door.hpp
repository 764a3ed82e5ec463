// The port for other nodes: takes what they forward and ask, and answers every request once.
#pragma once

#include "app/cluster/cluster_calls.hpp"
#include "app/cluster/peer_protocol.hpp"
#include "app/cluster/settings.hpp"
#include "app/gateway/door_counts.hpp"
#include "app/security/caf_tls.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace stele::cluster {

/// A port, open. Until `serve` it takes connections and tells every request that the node is starting. It has an actor
/// system of its own: no peer can name an actor of the node.
class cluster_door {
public:
  ~cluster_door(); ///< Stops.
  cluster_door(const cluster_door&) = delete;
  cluster_door& operator=(const cluster_door&) = delete;

  std::uint16_t port() const; ///< The port bound.

  /// What is told to the others as the way to this door: `advertise`, or address and port.
  std::string address() const;

  gateway::door_counts counts() const;

  /// Passes requests on from now on. What is called outlives the call of `stop`.
  void serve(cluster_calls calls);

  /// Refuses new requests with `closing`, answers those open in place of the node, waits up to a second until the
  /// answers have left, and closes all connections. No function of `serve` is called after it. Blocks.
  ///
  /// Peers take a closed door for a process that is gone: close it when the node has left the cluster, not before.
  void stop();

private:
  struct parts;
  explicit cluster_door(std::unique_ptr<parts> parts);
  friend std::variant<std::unique_ptr<cluster_door>, std::string>
  open_cluster_door(const cluster_settings&, peer_identity, security::caf_tls_ptr);
  std::unique_ptr<parts> parts_;
};

/// Opens the port, or says in a sentence why not: an address that others reach without TLS, a port that is taken.
/// `tls` is made of `settings.tls`.
std::variant<std::unique_ptr<cluster_door>, std::string>
open_cluster_door(const cluster_settings& settings, peer_identity self, security::caf_tls_ptr tls);

} // namespace stele::cluster
