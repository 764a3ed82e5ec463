// The gateway: a port for CAF clients, behind a guard that lets nothing but our own frames through.
#pragma once

#include "app/gateway/door_counts.hpp"
#include "app/gateway/node_calls.hpp"
#include "app/gateway/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace stele::gateway {

/// A port, open. It has an actor system of its own: no client can name an actor of the node.
class door {
public:
  ~door(); ///< Stops.
  door(const door&) = delete;
  door& operator=(const door&) = delete;

  std::uint16_t port() const; ///< The port bound.
  door_counts counts() const;

  /// Lets nobody new in. Clients that are in go on: what the node doesn't take any more, it refuses itself.
  void stop_accepting();

  /// Stops accepting, answers what is still open with `unavailable` or `outcome_unknown`, waits up to a second until
  /// the answers have left, and closes all connections. Drain the node first. Blocks; the second call does nothing.
  void stop();

private:
  struct parts;
  explicit door(std::unique_ptr<parts> parts);
  friend std::variant<std::unique_ptr<door>, std::string> open_door(const gateway_settings&, node_calls);
  std::unique_ptr<parts> parts_;
};

/// Opens the port, or says in a sentence why not: an address that others reach without TLS, certificates that can't
/// serve, a port that is taken. What `node` calls outlives the door.
std::variant<std::unique_ptr<door>, std::string> open_door(const gateway_settings& settings, node_calls node);

} // namespace stele::gateway
