// States that a campaign of simulations must have seen, or it has proven little.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace stele::kit {

enum class rare : std::uint8_t {
  fenced_append,
  fenced_answers,
  answers_fenced_first,
  found_stored,
  found_not_stored,
  found_stored_when_dead,
  taken_with_a_batch_out,
  taken_while_resolving,
  give_had_happened,
  give_had_not_happened,
  late_append,
  late_give,
  forward_lost,
  found_elsewhere,
  repeat_from_log,
  attempts_at_once,
  refused_then_done,
  shard_came_back,
  woke_dead,
  served_when_dead,
  aggregate_died,
  last_node_replaced,
  loaded_from_snapshot,
  rows_refused,
  look_up_elsewhere,
  answer_waited,
  answer_stale,
  read_while_moving,
  order_held_back,
  keyed_rows_refused,
  rebuilt,
  rebuild_dropped,
  table_gone,
  count_
};

constexpr std::size_t rare_states = static_cast<std::size_t>(rare::count_);

constexpr std::array<const char*, rare_states> rare_state_names = {
    "a fence refused an append",
    "a fence refused answers without events",
    "answers without events waited for a fence",
    "an unknown outcome, found stored",
    "an unknown outcome, found not stored",
    "a dead node found that its batch was stored",
    "a take-over while a batch was in flight",
    "a take-over while an outcome was unknown",
    "a give of unknown outcome had happened",
    "a give of unknown outcome had not happened",
    "a late append ran after its resolution",
    "a late give ran after its keep",
    "a command was forwarded and lost",
    "a forwarded command found the shard elsewhere",
    "a repeat was answered from the log",
    "two attempts at once had one effect",
    "a command was refused once, and done by another attempt",
    "a shard came back to a former owner",
    "a node hung, was taken over, and woke",
    "a node worked on without its lease, and was taken over",
    "an aggregate died",
    "the last node was replaced by a new one",
    "a stream was loaded from a snapshot",
    "a guard refused rows",
    "a look-up was answered by the node that owns its key",
    "an answer waited for its token",
    "an answer said that it is stale",
    "a shard changed hands while a query was under way",
    "an open append held back what was stored behind it",
    "a guard refused rows of a view with a key of its own",
    "a view was rebuilt",
    "a rebuild was begun anew while another was under way",
    "rows were written to a table that was gone",
};

} // namespace stele::kit
