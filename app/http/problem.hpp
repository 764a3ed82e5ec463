// Errors as RFC 9457 problem details.
#pragma once

#include "actors/refusal.hpp"
#include "app/http/message.hpp"

namespace stele::http {

/// The HTTP status a refusal becomes.
unsigned status_of(refusal_kind kind);

/// `{"type":"about:blank","title":…,"status":…,"detail":…,"code":…,"pointer":…}`; 429 and 503 carry `Retry-After`.
response problem(const refusal& why);
response problem(unsigned status, std::string_view code, std::string_view detail);

} // namespace stele::http
