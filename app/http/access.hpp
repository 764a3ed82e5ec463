// Who may ask for what: the key a request carries, held against what its route needs.
#pragma once

#include "app/http/head_check.hpp"
#include "app/http/routes.hpp"
#include "app/security/key_ring.hpp"

#include <memory>
#include <optional>

namespace stele::http {

/// The role a route needs; nothing: it is open to everybody. A route that does not say needs `query` for a GET and
/// `command` for everything else.
std::optional<security::role> role_needed(const route& it);

/// The key a request was let in with, or the answer it gets instead: 401, 403, or 503 when the key file can't be used.
struct admission {
  std::optional<response> denied;
  std::shared_ptr<const security::door_key> caller; ///< Null for an open route.
};

/// Looks at the header alone, so that nobody's body is read before its key is known. What no route answers needs a key
/// as well: strangers are not told what there is.
admission admit(const request_head& it, const routes& table, const security::key_ring& keys);

/// Milliseconds since 1970, as keys expire by.
std::int64_t key_time();

} // namespace stele::http
