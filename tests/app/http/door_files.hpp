// Certificates and keys for tests of the HTTP door, in a folder of their own.
#pragma once

#include "app/http/access.hpp"
#include "app/http/node_access.hpp"
#include "app/http/settings.hpp"
#include "app/security/certificate_folder.hpp"
#include "app/security/certificates.hpp"
#include "app/security/key_file.hpp"
#include "tests/kit/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace stele::http {

/// A node `localhost` and a client `ada`, each of its authority; a key file without keys as yet.
struct door_files {
  door_files() {
    const auto made =
        security::make_certificates({folder / "tls", {"localhost,127.0.0.1"}, {"ada"}}, std::time(nullptr));
    EXPECT_TRUE(made) << (made ? "" : made.error().what);
  }

  std::string tls(const std::string& name) const { return folder / ("tls/" + name); }
  std::string keys() const { return folder / "keys"; }

  http_settings with_tls(http_settings it = {}) const {
    it.certificate = tls("localhost.pem");
    it.private_key = tls("localhost.key");
    return it;
  }
  http_settings with_keys(http_settings it = {}) const {
    it.keys = keys();
    return it;
  }

  /// A new key in the file.
  security::new_key key(security::role may, std::optional<std::int64_t> expires = std::nullopt) const {
    const auto made = security::create_key(keys(), "ada", may, key_time(), expires);
    EXPECT_TRUE(made) << (made ? "" : made.error().what);
    return *made;
  }

  /// A way in over TLS, believing in `authority` and showing the certificate `shown`, if any.
  node_access https(std::uint16_t port, const std::string& authority = "nodes-authority",
                    const std::string& shown = {}) const {
    security::client_files from{tls(authority + ".pem"), {}, {}};
    if (!shown.empty()) {
      from.certificate = tls(shown + ".pem");
      from.private_key = tls(shown + ".key");
    }
    auto context = security::make_client_tls(from);
    EXPECT_TRUE(context) << (context ? "" : context.error().what);
    return {"127.0.0.1", port, context ? *context : nullptr, {}};
  }

  kit::temporary_folder folder;
};

} // namespace stele::http
