// Clients call and try again, wherever they like; nodes forward, repeat answers, and decide on what they remember.
#include "tests/model/core_model.hpp"

namespace model {

void core_model::clients(const core_state& from, moves& out) const {
  for (int k = 0; k < c_.commands; ++k) {
    for (int n = 0; n < c_.nodes; ++n) call_or_retry(from, k, n, out);
    for (int attempt = 0; attempt < 2; ++attempt)
      if (from.clients[k].attempt_at[attempt]) hear_command(from, k, attempt, out);
  }
}

void core_model::call_or_retry(const core_state& from, int k, int n, moves& out) const {
  const client_state& client = from.clients[k];
  if (from.nodes[n].how != life::up) return;
  const bool first = client.how == call::fresh;
  if (!first && (client.how != call::waiting || client.sent != 1 || !from.left.retries)) return;
  move it(out, from);
  it.fault().say("a client ", first ? "sends " : "sends again ", command_name(k), " to ", node_name(n));
  client_state& now = it->clients[k];
  if (first) {
    now.how = call::waiting;
    now.seen_before = static_cast<small>(stream_length(from, c_.shard[k], c_.stream[k]));
  } else {
    --it->left.retries;
  }
  now.attempt_at[now.sent++] = static_cast<small>(n + 1);
}

void core_model::hear_command(const core_state& from, int k, int attempt, moves& out) const {
  const int n = from.clients[k].attempt_at[attempt] - 1, h = c_.shard[k];
  const node_state& node = from.nodes[n];
  if (node.how == life::stopped) {
    move it(out, from);
    it->clients[k].attempt_at[attempt] = 0;
    it.say(node_name(n), " has stopped and answers ", command_name(k), " \"unavailable, no effect\"");
    it.broke(say_no_effect(*it, k));
    return;
  }
  if (node.how != life::up) return;
  const node_shard& memory = node.shards[h];
  if (memory.how == holding::none) return forward(from, k, attempt, out);
  if (memory.how != holding::mine) return;
  int at = -1;
  for (int i = 0; i < memory.length; ++i)
    if (memory.memory[i].command() == k) at = i;
  if (!keeps(rule::window_replayed) && at >= 0 && memory.memory[at].node() != n) at = -1;
  return at >= 0 ? repeat_answer(from, k, attempt, at, out) : decide(from, k, attempt, out);
}

/// Anywhere: what a node believes about the others' shards may be old.
void core_model::forward(const core_state& from, int k, int attempt, moves& out) const {
  const int n = from.clients[k].attempt_at[attempt] - 1;
  for (int to = 0; to < c_.nodes; ++to) {
    if (to == n || from.nodes[to].how != life::up) continue;
    move it(out, from);
    it->clients[k].attempt_at[attempt] = static_cast<small>(to + 1);
    it.say(node_name(n), " forwards ", command_name(k), " to ", node_name(to));
  }
}

void core_model::repeat_answer(const core_state& from, int k, int attempt, int at, moves& out) const {
  const int n = from.clients[k].attempt_at[attempt] - 1;
  const node_shard& memory = from.nodes[n].shards[c_.shard[k]];
  if (at >= memory.durable) return; // Still tentative: the repeat waits.
  move it(out, from);
  it->clients[k].attempt_at[attempt] = 0;
  it.say(node_name(n), " knows ", command_name(k), " and repeats the answer");
  it.broke(memory.memory[at].marker() ? say_no_effect(*it, k, true) : acknowledge(*it, k, at + 1));
}

bool core_model::accepts(const node_shard& memory, int k) const {
  int events = 0;
  for (int i = 0; i < memory.length; ++i)
    events += c_.stream[memory.memory[i].command()] == c_.stream[k] && !memory.memory[i].marker();
  if (c_.kind[k] == asks::not_empty) return events > 0;
  return c_.kind[k] == asks::nothing || events == 0;
}

void core_model::decide(const core_state& from, int k, int attempt, moves& out) const {
  const int n = from.clients[k].attempt_at[attempt] - 1, h = c_.shard[k], l = lane_of(h);
  const node_lane& lane = from.nodes[n].lanes[l];
  const node_shard& memory = from.nodes[n].shards[h];
  for (int i = 0; i < entries_max; ++i) // The other attempt of this command is on its way to the disk: this one waits.
    if ((i < lane.queue_size && lane.queue[i].command == k) || (i < lane.batch_size && lane.batch[i].command == k))
      return;
  if (lane.queue_size >= entries_max || memory.length >= log_max) return;
  const bool yes = accepts(memory, k), marker = !yes && c_.markers && attempt == 1;
  const small basis = history(memory.memory, memory.length, c_.stream[k]);

  move it(out, from);
  it->clients[k].attempt_at[attempt] = 0;
  entry made;
  made.used = 1;
  made.command = static_cast<small>(k);
  made.attempt = static_cast<small>(attempt);
  it.say(node_name(n), " decides ", command_name(k), ": ");
  if (yes || marker) {
    node_shard& now = it->nodes[n].shards[h];
    made.stores = 1;
    made.marker = marker;
    made.position = static_cast<small>(memory.length + 1);
    made.version = static_cast<small>((basis >> 6) + 1);
    now.memory[now.length++] = fact::of(k, n, marker);
    it.say(marker ? "a rejection that is written" : "an event", " at position ", made.position, ", tentative");
  } else {
    made.basis = basis;
    it.say("rejected, on ", basis >> 6, " events");
    if (!keeps(rule::rejections_fenced)) {
      it.say(", and says so at once, from memory").broke(reject(*it, made));
      return;
    }
  }
  node_lane& into = it->nodes[n].lanes[l];
  into.queue[into.queue_size++] = made;
}

} // namespace model
