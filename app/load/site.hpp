// Where a load runs: an actor system for its clients, and the way to the node.
#pragma once

#include "actors/registry.hpp"
#include "app/config.hpp"
#include "app/http/node_access.hpp"
#include "app/load/target.hpp"

#include <boost/system/result.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace stele::load {

/// Owns both. Every client is gone before it is destroyed.
class site {
public:
  virtual ~site() = default;
  virtual caf::actor_system& system() = 0;
  virtual target& node() = 0;
};

/// A site, or a sentence.
using opened_site = boost::system::result<std::unique_ptr<site>, std::string>;

/// Of a node or a gateway; TLS and a key are for nodes.
using endpoint = http::node_access;

/// Opens the store of `settings` and runs a node over it in this process, without doors.
opened_site open_own_node(const config& settings, const registry& hosted);

/// A node over HTTP, by so many connections. The sentence says when nobody answers there.
opened_site open_http(const endpoint& node, std::size_t connections);

/// A node over CAF, by so many connections; lags come from its HTTP door where `lags_from` has a host.
opened_site open_gateway(const endpoint& gateway, std::size_t connections, const endpoint& lags_from);

} // namespace stele::load
