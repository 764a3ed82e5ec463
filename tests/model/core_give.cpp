// A shard goes from one living node to another: placement readings, GIVE, and KEEP when a give got no reply.
#include "tests/model/core_model.hpp"

#include <algorithm>

namespace model {

namespace {

void drop_memory(node_shard& it) {
  it.durable = it.length = 0;
  std::fill(std::begin(it.memory), std::end(it.memory), fact{});
}

} // namespace

void core_model::shard(const core_state& from, int n, int h, moves& out) const {
  placement(from, n, h, out);
  give(from, n, h, out);
  give_unknown(from, n, h, out);
}

void core_model::placement(const core_state& from, int n, int h, moves& out) const {
  const node_shard& mine = from.nodes[n].shards[h];
  const bool serving = mine.how != holding::none;
  const small epoch = from.db.shard_epoch[h];
  const bool news = serving ? from.left.old_readings > 0 : !keeps(rule::newer_epoch) || epoch > mine.epoch;
  if (!mine.reading && from.db.owner[h] == row(n) && news) {
    move it(out, from);
    if (serving) it.fault(), --it->left.old_readings;
    it->nodes[n].shards[h].reading = epoch;
    it.say(node_name(n), " reads that shard ", h, " is its own at epoch ", epoch, "; the reply is under way");
  }
  if (mine.reading) {
    move it(out, from);
    node_shard& now = it->nodes[n].shards[h];
    const bool takes = !serving && (!keeps(rule::newer_epoch) || mine.reading > mine.epoch);
    if (takes) now.how = holding::loading, now.epoch = mine.reading;
    now.reading = 0;
    it.say(node_name(n), takes ? " accepts the shard" : " puts the old reading aside");
  }
  if (mine.how == holding::loading) {
    move it(out, from);
    node_shard& now = it->nodes[n].shards[h];
    now.how = holding::mine;
    now.durable = now.length = from.db.length[h];
    std::copy(std::begin(from.db.log[h]), std::end(from.db.log[h]), now.memory);
    it.say(node_name(n), " reads head and streams of shard ", h, ": ", now.length, " events");
  }
}

/// Nothing of this shard with events is out or unresolved. Rejections that wait for their fence need not be drained.
bool core_model::drained(const node_lane& lane, int h) const {
  const auto of_shard = [&](const entry& it) { return c_.shard[it.command] == h; };
  const auto stores = [&](const entry& it) { return of_shard(it) && it.stores; };
  if (std::any_of(lane.queue, lane.queue + lane.queue_size, stores)) return false;
  if (lane.phase == lane_phase::sent) return std::none_of(lane.batch, lane.batch + lane.batch_size, stores);
  return !keeps(rule::drain) || std::none_of(lane.batch, lane.batch + lane.batch_size, of_shard);
}

void core_model::give(const core_state& from, int n, int h, moves& out) const {
  const node_shard& mine = from.nodes[n].shards[h];
  const statement& sent = from.statements[of_node(n)];
  const bool may = mine.how == holding::mine && sent.kind == statement_kind::none && from.left.gives;
  for (int to = 0; may && to < c_.nodes; ++to) {
    if (row(to) == row(n) || from.nodes[to].how == life::not_yet) continue;
    if (!drained(from.nodes[n].lanes[lane_of(h)], h)) continue;
    move it(out, from);
    --it->left.gives;
    it->nodes[n].shards[h].how = holding::giving;
    statement& give = it->statements[of_node(n)];
    give.kind = statement_kind::give;
    give.node = static_cast<small>(n);
    give.shard = static_cast<small>(h);
    give.target = static_cast<small>(to);
    give.epoch = mine.epoch;
    it.fault().say(node_name(n), " sends GIVE of shard ", h, " at epoch ", mine.epoch, " to ", node_name(to));
  }
  if (mine.how != holding::giving || sent.kind != statement_kind::give || sent.step != answered) return;
  move it(out, from);
  node_shard& now = it->nodes[n].shards[h];
  it->statements[of_node(n)] = {};
  it.say(node_name(n), ": its give ",
         sent.result == outcome::done      ? "is done"
         : sent.result == outcome::refused ? "was refused, the receiver is not active"
                                           : "found another owner");
  if (sent.result == outcome::refused) {
    now.how = holding::mine;
    return;
  }
  if (sent.result == outcome::done) ++now.epoch;
  now.how = holding::none;
  drop_memory(now);
}

void core_model::give_unknown(const core_state& from, int n, int h, moves& out) const {
  const node_shard& mine = from.nodes[n].shards[h];
  const int i = of_node(n);
  const statement& sent = from.statements[i];
  const bool gives = mine.how == holding::giving && sent.kind == statement_kind::give;
  const bool keeping = mine.how == holding::keeping && sent.kind == statement_kind::keep;
  if (core_state room = from; from.left.give_ups && (gives || keeping) && forget(room, i)) {
    move it(out, from);
    --it->left.give_ups;
    forget(*it, i);
    it->nodes[n].shards[h].how = keeps(rule::keep) ? holding::give_unknown : holding::reading_row;
    it.fault().say(node_name(n), " gets no reply to its ", gives ? "give" : "keep", ": outcome unknown");
  }
  if (mine.how == holding::give_unknown && sent.kind == statement_kind::none) {
    move it(out, from);
    it->nodes[n].shards[h].how = holding::keeping;
    statement& keep = it->statements[i];
    keep.kind = statement_kind::keep;
    keep.node = static_cast<small>(n);
    keep.shard = static_cast<small>(h);
    keep.epoch = mine.epoch;
    it.say(node_name(n), " sends KEEP of shard ", h, " at epoch ", mine.epoch);
  }
  if (keeping && sent.step == answered) {
    move it(out, from);
    it->statements[i] = {};
    it->nodes[n].shards[h].how = holding::reading_row;
    it.say(node_name(n), " has its reply to KEEP");
  }
  if (mine.how == holding::reading_row) {
    move it(out, from);
    node_shard& now = it->nodes[n].shards[h];
    const bool still = from.db.owner[h] == row(n), anew = keeps(rule::reload);
    now.how = !still ? holding::none : anew ? holding::loading : holding::mine;
    now.epoch = std::max(now.epoch, from.db.shard_epoch[h]);
    if (!still || anew) drop_memory(now);
    it.say(node_name(n), " reads the row of shard ", h,
           !still ? ": gone"
           : anew ? ": its own, to be loaded anew"
                  : ": its own, and goes on with what it remembers");
  }
}

void core_model::run_give(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  if (sent.step == 0 && keeps(rule::receiver_lives) && member_locked(from, sent.target)) return;
  move it(out, from);
  it.say("PostgreSQL: the ", is_forgotten(i) ? "late give of " : "give of ", node_name(sent.node));
  if (sent.step == 0) {
    const bool lives = !keeps(rule::receiver_lives) || from.db.members[sent.target] == member::active;
    it.say(lives ? " finds the receiver active and holds its row" : " finds the receiver not active: 0 rows");
    if (!lives) return finish(*it, i, outcome::refused);
    it->statements[i].step = 1;
    return;
  }
  const bool matches = from.db.owner[sent.shard] == row(sent.node) &&
                       (!keeps(rule::shard_epoch) || from.db.shard_epoch[sent.shard] == sent.epoch);
  if (matches) it->db.owner[sent.shard] = sent.target, ++it->db.shard_epoch[sent.shard];
  it.say(matches ? " commits" : " matches no row");
  finish(*it, i, matches ? outcome::done : outcome::no_row);
}

void core_model::run_keep(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  move it(out, from);
  const bool matches = from.db.owner[sent.shard] == row(sent.node) &&
                       (!keeps(rule::shard_epoch) || from.db.shard_epoch[sent.shard] == sent.epoch);
  if (matches) ++it->db.shard_epoch[sent.shard];
  it.say("PostgreSQL: the ", is_forgotten(i) ? "late keep of " : "keep of ", node_name(sent.node),
         matches ? " raises the shard epoch" : " matches no row");
  finish(*it, i, matches ? outcome::done : outcome::no_row);
}

} // namespace model
