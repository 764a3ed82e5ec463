// Commands that ask a running node over HTTP.
#pragma once

#include "actors/registry.hpp"
#include "app/http/node_access.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stele::admin {

/// Which node is asked, and how the answer is shown.
struct node_options {
  http::node_access node;
  bool json = false; ///< The node's answer as it is, for programs.
};

// Each answers the exit code: 0, or 1 with a sentence on stderr.

struct send_request {
  std::string aggregate, id, command, body;
  std::string key; ///< What a repeat is recognised by; empty: a new one is made.
};
int send(const node_options& node, const registry& hosted, const send_request& what);

/// A row by key; `view` may be an aggregate's name, which stands for its view.
int get(const node_options& node, const registry& hosted, const std::string& view, const std::string& key,
        const std::string& after);

/// A registered query, or a view by columns; `parameters` as `status=shipped`.
int find(const node_options& node, const registry& hosted, const std::string& name,
         const std::vector<std::string>& parameters);

struct stream_request {
  std::string aggregate, id;
  std::optional<std::uint64_t> at_version; ///< The state at a version …
  std::string at;                          ///< … or at a time (RFC 3339); neither: the history.
};
int stream(const node_options& node, const stream_request& what);

int list_views(const node_options& node);
/// `action` is `rebuild`, `pause` or `resume`. A rebuild is watched to its end.
int change_view(const node_options& node, const std::string& action, const std::string& view);

int backup(const node_options& node, const std::string& file);

/// The type of the command meant: its name, or the part before `_<aggregate>`, as `create` for `create_order`. A word
/// nobody knows is taken as it is: the node may host more than this program.
std::string command_named(const registry& hosted, const std::string& aggregate, const std::string& word);

} // namespace stele::admin
