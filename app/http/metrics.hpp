// What the node counts, in the text format of Prometheus.
#pragma once

#include "actors/counters.hpp"
#include "actors/membership.hpp"
#include "actors/view_report.hpp"
#include "app/http/server_counters.hpp"

#include <string>
#include <vector>

namespace stele::http {

/// `server` may be null, and is `place` for a node that is alone.
std::string metrics_text(const node_counters& node, const server_counters* server,
                         const std::vector<view_report>& views, const cluster_report* place = nullptr);

} // namespace stele::http
