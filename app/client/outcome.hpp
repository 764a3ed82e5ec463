// How calls of the client library end.
#pragma once

#include "app/gateway/protocol.hpp"

#include <boost/system/result.hpp>

namespace stele {

/// A value, or why there is none: `if (done) use(*done); else tell(done.error().message);`
template <class T>
using outcome = boost::system::result<T, refusal>;

/// The outcome in a response: another kind of response than asked for is a defect of the server.
template <class T>
outcome<T> outcome_of(response it) {
  if (auto* value = std::get_if<T>(&it)) return std::move(*value);
  if (auto* why = std::get_if<refusal>(&it)) return std::move(*why);
  return refusal{
      refusal_kind::internal, "unexpected_response", "The server answered something else than was asked.", {}};
}

} // namespace stele
