#include "app/http/problem.hpp"

#include "app/http/object_text.hpp"
#include "app/http/wire.hpp"

namespace stele::http {
namespace {

response make(unsigned status, std::string_view code, std::string_view detail, std::string_view pointer) {
  object_text body;
  body.text("type", "about:blank").text("title", reason_phrase(status)).number("status", status);
  body.text("detail", detail).text("code", code);
  if (!pointer.empty()) body.text("pointer", pointer);
  response out{status, body.finish(), "application/problem+json", {}};
  if (status == 429 || status == 503) out.headers.emplace_back("Retry-After", "1");
  return out;
}

} // namespace

unsigned status_of(refusal_kind kind) {
  switch (kind) {
  case refusal_kind::invalid:
    return 400;
  case refusal_kind::bad_token:
    return 400;
  case refusal_kind::not_found:
    return 404;
  case refusal_kind::rejected:
    return 409;
  case refusal_kind::history_changed:
    return 409;
  case refusal_kind::wrong_version:
    return 412;
  case refusal_kind::too_large:
    return 413;
  case refusal_kind::key_reused:
    return 422;
  case refusal_kind::client_limit:
    return 429;
  case refusal_kind::overloaded:
    return 503;
  case refusal_kind::unavailable:
    return 503;
  case refusal_kind::outcome_unknown:
    return 504;
  case refusal_kind::internal:
    return 500;
  }
  return 500;
}

response problem(const refusal& why) {
  return make(status_of(why.kind), why.code.empty() ? to_string(why.kind) : std::string_view(why.code), why.message,
              why.pointer);
}

response problem(unsigned status, std::string_view code, std::string_view detail) {
  return make(status, code, detail, {});
}

} // namespace stele::http
