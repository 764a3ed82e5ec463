// How the cluster looks from one node, as `GET /cluster` answers it.
#pragma once

#include "actors/counters.hpp"
#include "actors/membership.hpp"
#include "actors/view_report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stele::http {

/// `joining`, `active`, `leaving`, `dead`.
std::string_view to_string(member_status it);

/// Of the node that reports. Members are those that are not dead: who is none of them is.
member_status own_status(const cluster_report& it);

/// Shards by owner; those of 0 belong to nobody.
std::vector<shard_number> shards_of(const cluster_report& it, node_number owner);

/// `{"node":2,"name":…,"status":…,"view":17,"lease_left_ms":…,"members":[…],"unowned":[],"moving":[],"views":[…],…}`.
std::string cluster_json(const cluster_report& it, const std::vector<view_report>& views,
                         const node_counters& counters);

} // namespace stele::http
