// Questions on their way: one object, made at the door, handed on by pointer until it is answered.
#pragma once

#include "actors/refusal.hpp"
#include "actors/token.hpp"
#include "persistence/row.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// How current an answer is.
struct currency {
  token at;           ///< Positions the answer holds everything of, merged with the caller's `after`.
  token reached;      ///< As `at`, before the merge: how far a stale answer got.
  bool stale = false; ///< The wait ended at its deadline, the lag is above what the query accepts, or the node that
                      ///< could say how far a row must go could not be asked.
  std::int64_t lag_ms = 0; ///< Age of the oldest event that is not in the answer yet; 0: none.
};

/// Rows found. For a look-up: none or one. `schema` lives as long as the node.
struct found_rows {
  const table_schema* schema = nullptr;
  row_page page;
  std::uint32_t page_number = 1, page_size = 1;
  currency as_of;
};

using query_outcome = std::variant<found_rows, refusal>;

/// A look-up of one row by key, or a registered query with its parameters.
///
/// `answer` is called exactly once, from any thread; it must not block.
struct query : boost::intrusive_ref_counter<query> {
  std::string view;                       ///< For a look-up by key.
  std::string key;                        ///< The id part of the stream.
  std::string name;                       ///< A registered query, as `orders_of_customer`; empty: look-up by key.
  std::string parameters;                 ///< JSON object of the query's fields.
  bool text_values = false;               ///< Numbers and booleans in `parameters` may stand as strings, as in a URL.
  std::optional<row_selection> selection; ///< With `view` and no key: rows by condition.
  token after;                            ///< Wait until all of this is in the answer; empty: don't wait.
  std::int64_t timeout_ms = 5000;         ///< How long to wait; at most `limits.query-wait-ms-max`.
  bool forwarded = false;                 ///< Another node sent it, believing that this one owns the shard of the key.
  std::function<void(const query_outcome&)> answer;
};

using query_ptr = boost::intrusive_ptr<query>;

/// The state of an aggregate at a version or at a time, from its stream.
struct state_at {
  stream_version version = 0;
  unix_ms at = 0;    ///< When the last event included was recorded.
  std::string state; ///< JSON, by the state's description.
};

} // namespace stele
