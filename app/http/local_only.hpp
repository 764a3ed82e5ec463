// For routes about the node itself rather than about what it holds.
#pragma once

#include "app/http/message.hpp"
#include "app/http/problem.hpp"

#include <utility>

namespace stele::http {

/// Runs `then` for a caller with a key for it; where nobody needs a key, for callers on this machine.
inline handler local_only(handler then) {
  return [then = std::move(then)](const request& it, reply answer) {
    if (!it.may_administer)
      return answer(problem(403, "not_local", "administration is only for callers on the machine of the node"));
    then(it, std::move(answer));
  };
}

} // namespace stele::http
