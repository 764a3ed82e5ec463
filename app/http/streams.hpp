// Answers from the stream of an aggregate: its state at a version or a time, its events.
#pragma once

#include "app/http/call.hpp"

#include <functional>

namespace stele::http {

/// `?at_version=N` or `?at=RFC3339`, or neither for the newest: `{version, at, state}`.
void answer_state(node& shop, const request& it, const std::string& aggregate, const std::string& id, reply answer);

/// The newest state with its members beside `id_name`, `version` and `at`.
void answer_details(node& shop, const request& it, const std::string& aggregate, const std::string& id,
                    std::string id_name, reply answer);

/// `?after_version=N&limit=N`: `{<id_name>, items, more, token}`.
void answer_events(node& shop, const http_settings& settings, const request& it, const std::string& aggregate,
                   const std::string& id, std::string id_name, reply answer);

} // namespace stele::http
