// A call of a running node by a command: refusals and failures are told on stderr.
#pragma once

#include "app/admin/node_commands.hpp"
#include "app/http/http_client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stele::admin {

/// A connection to the node of `options`.
class node_call {
public:
  explicit node_call(const node_options& options);

  /// The body of a 2xx answer. Nothing: it was refused or failed, and stderr says why (with `--json`, stdout has the
  /// node's problem document).
  std::optional<std::string> request(std::string_view method, const std::string& target, std::string_view body = {},
                                     const http::header_list& headers = {});

  /// Whether the last request, which failed, may have had an effect nobody told us of.
  bool may_have_happened() const { return may_have_happened_; }

private:
  void tell(const http::client_response& refused) const;

  const node_options& options_;
  http::http_client client_;
  bool may_have_happened_ = false;
};

} // namespace stele::admin
