// An event as JSON.
#pragma once

#include "persistence/recorded_event.hpp"

#include <string>

namespace stele::http {

/// Members `version, type, type_version, at, data, metadata?, event_id, command_id, shard, position, global_position`;
/// before them `aggregate` and `id` when `with_stream`.
std::string event_json(const recorded_event& it, bool with_stream);

} // namespace stele::http
