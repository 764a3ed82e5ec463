// Why something asked for was not done, in the words every door answers with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stele {

/// Kinds of refusal. `docs/http.md` shows the status each becomes.
enum class refusal_kind : std::uint8_t {
  invalid,         ///< Never acceptable: malformed, unknown or missing field, bad value. (400)
  not_found,       ///< Nothing of that id. (404)
  rejected,        ///< The state of the aggregate says no. (409)
  wrong_version,   ///< `If-Match` named another version. (412)
  too_large,       ///< A body over the limit. (413)
  key_reused,      ///< The command id was used for another body. (422)
  client_limit,    ///< This caller has too much in flight. (429)
  overloaded,      ///< Shed before it was decided: no effect, try again. (503)
  unavailable,     ///< The store can't take it now (disk full, closing): no effect, try again. (503)
  outcome_unknown, ///< Nobody can tell yet; send it again with the same command id. (504)
  history_changed, ///< The token speaks of another history. (409)
  bad_token,       ///< The token is damaged. (400)
  internal         ///< A defect; the log has more. (500)
};

std::string_view to_string(refusal_kind kind);

struct refusal {
  refusal_kind kind = refusal_kind::internal;
  std::string code;    ///< A word a program can compare: `already_shipped`.
  std::string message; ///< A sentence: what was wanted, what was found, what to do.
  std::string pointer; ///< JSON pointer of the field it is about; empty: none.
};

} // namespace stele
