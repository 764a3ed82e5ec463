// What the settings ask for around the HTTP door: TLS, keys, and that an open door has both.
#pragma once

#include "app/http/settings.hpp"
#include "app/security/key_ring.hpp"
#include "app/security/tls.hpp"

#include <memory>

namespace stele::http {

struct door_security {
  security::tls_context tls;                ///< Null: plain.
  std::shared_ptr<security::key_ring> keys; ///< Null: callers need no key.
};

/// Reads the files the settings name. Refuses an address that others reach without TLS and keys, and says which
/// commands make them.
security::secured<door_security> secure_door(const http_settings& settings, bool on_loopback);

} // namespace stele::http
