// A query that was understood: which rows it wants, how far they must go, and until when it waits.
#pragma once

#include "actors/inbox.hpp"
#include "actors/link.hpp"
#include "actors/query.hpp"
#include "actors/read_context.hpp"
#include "actors/registry.hpp"

#include <memory>
#include <optional>
#include <variant>

namespace stele {

/// Made in the caller's thread, handed on by pointer, answered once: at the latest when the last holder drops it, as an
/// actor does that is told to exit.
struct asked_query : boost::intrusive_ref_counter<asked_query>, inbox_item<asked_query> {
  asked_query() = default;
  ~asked_query();
  asked_query(const asked_query&) = delete;
  asked_query& operator=(const asked_query&) = delete;

  query_ptr it;
  std::shared_ptr<served_view> view;
  std::optional<row_selection> selection; ///< Nothing: a look-up of `it->key`, which is the id of a stream.
  shard_number shard = 0;                 ///< Of a look-up.
  shard_position target = 0;              ///< Of a look-up: what its row must hold.
  std::int64_t acceptable_lag_ms = 5000;
  std::int64_t asked_us = 0, deadline_us = 0; ///< By the steady clock.
  std::function<void(shard_position)> tell;   ///< Not rows are wanted but how far they are written, of `shard`.
  bool memory_trusted = true; ///< False: this node can't prove now that the shard of a look-up is still its own.
  bool current = true;        ///< False: a look-up without a token whose owner this node can't speak for.
  bool owed = false;          ///< It was understood and is not answered yet.
};

using asked_ptr = boost::intrusive_ptr<asked_query>;

/// Takes a query apart, or says what is wrong with it: an unknown name, a token of another history, bad parameters.
std::variant<asked_ptr, refusal> understand(query_ptr it, const read_context& context, const registry& hosted);

/// A question of another node: how far a view has written a shard, once that is up to a position or the time is over.
asked_ptr position_wanted(const read_context& context, std::shared_ptr<served_view> view, const await_written& what,
                          std::function<void(shard_position)> tell);

/// Answers, and counts the answer.
void answer(const read_context& context, asked_query& asked, query_outcome outcome);

/// Rows with how current they are. `positions`: of all shards, as the rows were read.
void answer_lookup(const read_context& context, asked_query& asked, std::optional<row_values> row,
                   shard_position position, bool late);
void answer_list(const read_context& context, asked_query& asked, row_page page,
                 const std::vector<shard_position>& positions, bool late);

} // namespace stele
