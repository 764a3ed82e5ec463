// What must hold of a request's header before anything is done with it.
#pragma once

#include "app/http/message.hpp"
#include "app/http/settings.hpp"

#include <optional>

namespace stele::http {

/// Request line and header, as sent; names of fields in lower case.
struct request_head {
  std::string method, target;
  unsigned version = 11; ///< 10 or 11.
  header_list headers;
};

/// The answer to a header that is not acceptable; nothing when it is. After a fault the connection is closed, since
/// nobody can be sure where the next request would begin.
///
/// Looks at sizes, at everything by which two readers could see different ends of the body (request smuggling), and at
/// `Host` and `Origin`: a web page in a browser on this machine must not reach the node through a name that somebody
/// else's DNS points here.
std::optional<response> find_fault(const request_head& it, const http_settings& settings);

/// True for a `Host`, with or without a port, that means this node.
bool is_own_host(std::string_view host, const http_settings& settings);

/// What a caller hears who asked for another host.
response foreign_host();

} // namespace stele::http
