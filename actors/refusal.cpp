#include "actors/refusal.hpp"

namespace stele {

std::string_view to_string(refusal_kind kind) {
  switch (kind) {
  case refusal_kind::invalid:
    return "invalid";
  case refusal_kind::not_found:
    return "not_found";
  case refusal_kind::rejected:
    return "rejected";
  case refusal_kind::wrong_version:
    return "wrong_version";
  case refusal_kind::too_large:
    return "too_large";
  case refusal_kind::key_reused:
    return "key_reused";
  case refusal_kind::client_limit:
    return "client_limit";
  case refusal_kind::overloaded:
    return "overloaded";
  case refusal_kind::unavailable:
    return "unavailable";
  case refusal_kind::outcome_unknown:
    return "outcome_unknown";
  case refusal_kind::history_changed:
    return "history_changed";
  case refusal_kind::bad_token:
    return "bad_token";
  case refusal_kind::internal:
    return "internal";
  }
  return "internal";
}

} // namespace stele
