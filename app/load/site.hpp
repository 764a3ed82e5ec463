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

/// Of a gateway; `tls` names the files of this client and the names a gateway may have.
struct far_gateway {
  std::string host; ///< Empty: none is named.
  std::uint16_t port = 0;
  security::caf_tls_files tls;

  std::string where() const; ///< `HOST:PORT`.
};

/// Opens the store of `settings` and runs a node over it in this process, without doors.
opened_site open_own_node(const config& settings, const registry& hosted);

/// A node over HTTP, by so many connections. The sentence says when nobody answers there.
opened_site open_http(const endpoint& node, std::size_t connections);

/// A node over CAF, by so many connections; lags come from its HTTP door where `lags_from` has a host.
opened_site open_gateway(const far_gateway& gateway, std::size_t connections, const endpoint& lags_from);

} // namespace stele::load
