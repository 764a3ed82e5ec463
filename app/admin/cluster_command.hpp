// `stele cluster`: the nodes of a store as one of them sees them.
#pragma once

#include "app/admin/node_commands.hpp"

#include <string>
#include <string_view>

namespace stele::admin {

/// What `GET /cluster` answered, for people.
std::string cluster_text(std::string_view answer);

/// Prints it once, or with `watch` every second until a signal ends it or the node is not heard of. The exit code.
int show_cluster(const node_options& node, bool watch);

} // namespace stele::admin
