// Where a load runs: an actor system for its clients, and the way to the node.
#pragma once

#include "actors/registry.hpp"
#include "app/config.hpp"
#include "app/http/node_access.hpp"
#include "app/load/target.hpp"
#include "app/security/caf_tls_files.hpp"

#include <boost/system/result.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

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

/// Of a node.
using endpoint = http::node_access;

/// Nodes of one store. Clients are spread over them, and go on to the next where one fails.
using endpoints = std::vector<endpoint>;

/// Their doors for CAF clients; `tls` names the files of this client and the names a gateway may have.
struct far_gateways {
  endpoints at;
  security::caf_tls_files tls = {};

  bool empty() const { return at.empty(); }
};

/// Opens the store of `settings` and runs a node over it in this process, without doors.
opened_site open_own_node(const config& settings, const registry& hosted);

/// Nodes over HTTP, by so many connections. The sentence says when nobody answers there.
opened_site open_http(const endpoints& nodes, std::size_t connections);

/// Nodes over CAF, by so many connections, at least one for each; lags come from an HTTP door of `lags_from`, if there
/// is any.
opened_site open_gateway(const far_gateways& gateways, std::size_t connections, const endpoints& lags_from);

} // namespace stele::load
