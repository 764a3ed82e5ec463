// Certificates for tests of CAF doors, in a folder of their own, and what both ends make of them.
#pragma once

#include "app/client/options.hpp"
#include "app/security/caf_tls.hpp"
#include "app/security/certificate_folder.hpp"
#include "app/security/certificates.hpp"
#include "tests/kit/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace stele::test {

/// Nodes `east` and `west`, clients `ada` and `bob`, as `stele certs` makes them.
struct tls_files {
  tls_files() {
    const auto made = security::make_certificates({folder / "tls", {"east,east.example", "west"}, {"ada", "bob"}}, now);
    EXPECT_TRUE(made) << (made ? "" : made.error().what);
  }

  std::string file(const std::string& name) const { return folder / ("tls/" + name); }

  /// Of a door with the certificate of `node`, which lets ada in.
  security::caf_tls_files door(const std::string& node = "east") const {
    return {file(node + ".pem"), file(node + ".key"), file("clients-authority.pem"), {"stele://client/ada"}};
  }

  /// Of a client that believes in east.
  security::caf_tls_files client(const std::string& name = "ada") const {
    return {file(name + ".pem"), file(name + ".key"), file("nodes-authority.pem"), {"stele://cluster/east"}};
  }

  /// Of both directions of a node with the certificate of `name`: the others are east and west.
  security::caf_tls_files node(const std::string& name) const {
    return {file(name + ".pem"),
            file(name + ".key"),
            file("nodes-authority.pem"),
            {"stele://cluster/east", "stele://cluster/west"}};
  }

  client_options with_tls(client_options it, const std::string& name = "ada") const {
    const auto from = client(name);
    it.certificate = from.certificate;
    it.private_key = from.private_key;
    it.authority = from.authority;
    it.server_names = from.names;
    return it;
  }

  static security::tls_context context(const security::caf_tls_files& from) {
    auto made = security::make_caf_context(from);
    EXPECT_TRUE(made) << (made ? "" : made.error().what);
    return made ? *made : nullptr;
  }

  /// Signed by an authority of the folder, valid `when`; our own checks at start are passed by.
  security::tls_context showing(const security::caf_tls_files& from, const std::string& authority,
                                const std::string& name, security::purpose what, security::validity when) const {
    const security::identity by{*security::read_file(file(authority + ".pem")),
                                *security::read_file(file(authority + ".key"))};
    const auto one = security::make_identity(by, name, {}, what, when);
    auto it = context(from);
    it->use_certificate(boost::asio::buffer(one->certificate), boost::asio::ssl::context::pem);
    it->use_private_key(boost::asio::buffer(one->private_key), boost::asio::ssl::context::pem);
    return it;
  }

  const std::int64_t now = std::time(nullptr);
  kit::temporary_folder folder;
};

} // namespace stele::test
