// TLS contexts: of both ends of the HTTP door, 1.2 or newer, and of both ends of CAF connections, 1.3. Forward secrecy,
// authenticated encryption, no resumption.
#pragma once

#include "app/security/caf_tls_files.hpp"
#include "app/security/private_file.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace stele::security {

/// PEM files of a server.
struct server_files {
  std::string certificate; ///< With the certificates between it and the authority, if there are any.
  std::string private_key;
  std::string client_authority; ///< Callers must have a certificate of it; empty: they need none.
};

/// PEM files of a caller; each may be empty.
struct client_files {
  std::string authority;                ///< Whose certificates are believed; empty: those the system believes.
  std::string certificate, private_key; ///< What it shows to a server that asks.
};

using tls_context = std::shared_ptr<boost::asio::ssl::context>;

/// Refuses files that can't be read, do not fit together, a certificate whose time is over or has not begun, and a
/// private key that others may read.
secured<tls_context> make_server_tls(const server_files& from);
secured<tls_context> make_client_tls(const client_files& from);

/// For both ends of CAF connections, each of which must show a certificate of the other's authority. `from.names` is
/// not looked at.
secured<tls_context> make_caf_context(const caf_tls_files& from);

/// Makes a caller's connection accept only a certificate for `host`, a name or an address. False: no memory.
bool expect_host(SSL* connection, const std::string& host);

} // namespace stele::security
