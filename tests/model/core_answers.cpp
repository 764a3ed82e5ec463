// What clients are told. The properties (1), (2) and (6) are looked at when a word leaves a node, not later.
#include "tests/model/core_model.hpp"

#include <cstring>

namespace model {

namespace {

void clear(entry* entries, small& size) {
  std::memset(static_cast<void*>(entries), 0, sizeof(entry) * entries_max);
  size = 0;
}

} // namespace

const char* core_model::acknowledge(core_state& s, int k, int position) const {
  const int h = c_.shard[k];
  client_state& client = s.clients[k];
  const bool there = position >= 1 && position <= s.db.length[h] && s.db.log[h][position - 1].command() == k &&
                     !s.db.log[h][position - 1].marker();
  if (client.how == call::waiting)
    client.how = call::acknowledged;
  else if (client.how == call::no_effect)
    return there ? "(2) \"no effect\" was final, and now it is acknowledged" : nullptr;
  return there ? nullptr : "(1) acknowledged, but not in the log at that position";
}

/// Rejected or failed: that attempt has no effect. Of the command that is true only once all its attempts said so
/// (R23).
const char* core_model::say_no_effect(core_state& s, int k, bool final) const {
  client_state& client = s.clients[k];
  if (client.how != call::waiting) return nullptr;
  ++client.heard;
  if (!final && keeps(rule::all_attempts) && client.heard < client.sent) return nullptr;
  client.how = call::no_effect;
  const int h = c_.shard[k];
  for (int i = 0; i < s.db.length[h]; ++i)
    if (s.db.log[h][i].command() == k && !s.db.log[h][i].marker())
      return "(2) told \"no effect\", but the effect is in the log";
  return nullptr;
}

const char* core_model::reject(core_state& s, const entry& it) const {
  const int k = it.command, h = c_.shard[k], seen = it.basis >> 6;
  const small all = history(s.db.log[h], s.db.length[h], c_.stream[k]);
  const int before = all & ((1 << (2 * seen)) - 1);
  const char* broken = nullptr;
  if (seen > all >> 6 || before != (it.basis & 63))
    broken = "(6) a rejection was decided on a state that never was";
  else if (seen < s.clients[k].seen_before)
    broken = "(6) a stale rejection: it does not know an event stored before the call";
  const char* other = say_no_effect(s, k);
  return broken ? broken : other;
}

/// The batch is durable: its clients are told.
const char* core_model::confirm_batch(core_state& s, int n, int l) const {
  node_lane& lane = s.nodes[n].lanes[l];
  const char* broken = nullptr;
  for (int i = 0; i < lane.batch_size; ++i) {
    const entry& it = lane.batch[i];
    node_shard& memory = s.nodes[n].shards[c_.shard[it.command]];
    if (it.stores && memory.durable < it.position) memory.durable = it.position;
    const char* now = !it.stores  ? reject(s, it)
                      : it.marker ? say_no_effect(s, it.command, true)
                                  : acknowledge(s, it.command, it.position);
    if (!broken) broken = now;
  }
  clear(lane.batch, lane.batch_size);
  return broken;
}

const char* core_model::fail_batch(core_state& s, int n, int l) const {
  node_lane& lane = s.nodes[n].lanes[l];
  const char* broken = nullptr;
  for (int i = 0; i < lane.batch_size; ++i)
    if (const char* now = say_no_effect(s, lane.batch[i].command)) broken = now;
  clear(lane.batch, lane.batch_size);
  return broken;
}

const char* core_model::fail_queue(core_state& s, int n, int l) const {
  node_lane& lane = s.nodes[n].lanes[l];
  const char* broken = nullptr;
  for (int i = 0; i < lane.queue_size; ++i)
    if (const char* now = say_no_effect(s, lane.queue[i].command)) broken = now;
  clear(lane.queue, lane.queue_size);
  return broken;
}

} // namespace model
