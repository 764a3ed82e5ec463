// What nodes, clients and PostgreSQL know, as far as the fence is concerned: the state of the core model.
#pragma once

#include <cstdint>

namespace model {

using small = std::uint8_t; // The state is hashed as bytes: every field is one.

constexpr int nodes_max = 3, lanes_max = 2, shards_max = 2, commands_max = 3, log_max = 4;
constexpr int entries_max = 3;   ///< Of a batch.
constexpr int forgotten_max = 5; ///< Statements that still run though nobody waits for them.

/// An event in the log, in one byte: whose command, written by which process, with or without an effect.
struct fact {
  small bits = 0;
  static fact of(int command, int node, bool marker) {
    return {static_cast<small>(command | node << 2 | (marker ? 16 : 0))};
  }
  int command() const { return bits & 3; }
  int node() const { return bits >> 2 & 3; }
  bool marker() const { return (bits & 16) != 0; } ///< A rejection that was written down.
};

/// A decision on its way to the disk.
struct entry {
  small used = 0, command = 0, attempt = 0;
  small stores = 0;                ///< It has an event; otherwise it is a rejection.
  small marker = 0;                ///< The event has no effect: a rejection written down.
  small position = 0, version = 0; ///< Of the event.
  small basis = 0;                 ///< The stream a rejection was decided on, see `history`.
};

enum class statement_kind : small { none, append, fence, bump, take_over, give, keep };
enum class outcome : small { none, done, fenced, duplicate, refused, no_row };

constexpr small answered = 9; ///< The step of a statement whose reply waits to be handled.

/// A statement between the moment it is sent and the moment its reply is handled; holds locks while `step` says so.
struct statement {
  statement_kind kind = statement_kind::none;
  small step = 0;
  small node = 0, lane = 0, epoch = 0, shard = 0, target = 0;
  outcome result = outcome::none;
  small seen_shards = 0;              ///< Take-over as one statement (R3 off): what its snapshot shows.
  small seen_length[shards_max] = {}; ///< Take-over that reads heads too early (R2 off).
  entry entries[entries_max] = {};
};

enum class lane_phase : small { idle, sent, unknown, bumping, looking, looking_dead };

struct node_lane {
  lane_phase phase = lane_phase::idle;
  small epoch = 0;
  small batch_size = 0, queue_size = 0;
  entry batch[entries_max] = {}, queue[entries_max] = {};
};

enum class holding : small { none, loading, mine, giving, give_unknown, keeping, reading_row };

/// A shard as a node sees it. `durable` of the `length` facts it remembers are on disk, the rest is tentative.
struct node_shard {
  holding how = holding::none;
  small epoch = 0;   ///< The greatest seen or given away.
  small reading = 0; ///< Epoch in a placement reading under way, 0: none.
  small durable = 0, length = 0;
  fact memory[log_max] = {};
};

enum class life : small { crashed, up, stopped, not_yet, stopping };

struct node_state {
  life how = life::crashed;
  node_lane lanes[lanes_max] = {};
  node_shard shards[shards_max] = {};
};

enum class call : small { fresh, waiting, acknowledged, no_effect };

struct client_state {
  call how = call::fresh;
  small seen_before = 0;     ///< Length of the stream when it called: all of that had been acknowledged or could be.
  small sent = 0, heard = 0; ///< Attempts, and answers to them that say "no effect".
  small attempt_at[2] = {};  ///< Node + 1 where each copy is, 0: gone.
};

enum class member : small { none, active, dead };

struct database_state {
  small lane_epoch[nodes_max][lanes_max] = {}; ///< 0: no row.
  member members[nodes_max] = {};
  small owner[shards_max] = {}, shard_epoch[shards_max] = {};
  small length[shards_max] = {};
  fact log[shards_max][log_max] = {};
};

/// What may still happen, and how often.
struct budgets {
  small take_overs = 1; ///< Of nodes that are alive: a pause longer than the lease. Dead ones are taken over freely.
  small give_ups = 1;   ///< Waiting for a reply ends; the statement may still run, or never.
  small gives = 0, crashes = 0, retries = 0, old_readings = 0, leaves = 0, joins = 0, restarts = 0;
};

constexpr int lane_statements = nodes_max * lanes_max;
constexpr int first_forgotten = lane_statements + nodes_max;
constexpr int statements_max = first_forgotten + forgotten_max;

struct core_state {
  database_state db;
  budgets left;
  small a_node_crashed = 0;
  node_state nodes[nodes_max] = {};
  client_state clients[commands_max] = {};
  statement statements[statements_max] = {}; ///< One a lane, then one a node for shards, then those nobody waits for.
};

} // namespace model
