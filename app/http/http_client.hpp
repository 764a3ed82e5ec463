// A small HTTP client for the command line and for tests: one request at a time, finite waits, errors as values.
#pragma once

#include "app/http/header_list.hpp"
#include "app/http/node_access.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stele::http {

/// What a server answered, whatever the status.
struct client_response {
  unsigned status = 0;
  header_list headers;
  std::string body;

  /// The first header of that name, in any case; nothing when there is none.
  std::optional<std::string> header(std::string_view name) const;
};

/// Why there is no answer. `sent` says whether the request may have had an effect: false means that it had none.
struct client_error {
  std::string what;
  bool sent = false;
};

/// One connection, kept alive between requests and opened anew when it was closed. Belongs to one thread.
class http_client {
public:
  explicit http_client(node_access node, std::chrono::milliseconds timeout = std::chrono::seconds(40));
  http_client(std::string host, std::uint16_t port, std::chrono::milliseconds timeout = std::chrono::seconds(40));
  ~http_client();
  http_client(http_client&&) noexcept;

  /// Blocks until the answer is there, at most the time-out for connecting and again for the answer. A body is sent
  /// with `Content-Type: application/json` unless `headers` says otherwise.
  boost::system::result<client_response, client_error> request(std::string_view method, std::string_view target,
                                                               std::string_view body = {},
                                                               const header_list& headers = {});

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// `text` as it may stand in a path segment or a query value: everything but `A-Za-z0-9._~-` as %XX.
std::string percent_encode(std::string_view text);

} // namespace stele::http
