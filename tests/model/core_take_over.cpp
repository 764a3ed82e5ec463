// A node takes over another whose lease has run out, in one transaction: member rows, lane rows, shard rows.
#include "tests/model/core_model.hpp"

namespace model {

void core_model::take_over(const core_state& from, int n, moves& out) const {
  if (from.statements[of_node(n)].kind == statement_kind::take_over) return hear_take_over(from, n, out);
  if (from.statements[of_node(n)].kind != statement_kind::none) return;
  for (const node_shard& it : from.nodes[n].shards)
    if (it.how == holding::giving || it.how == holding::give_unknown || it.how == holding::keeping ||
        it.how == holding::reading_row)
      return;
  for (int victim = 0; victim < c_.nodes; ++victim) {
    const life how = from.nodes[victim].how;
    if (row(victim) == row(n) || from.db.members[row(victim)] != member::active || how == life::not_yet) continue;
    const bool lives = how == life::up || how == life::stopping;
    if (lives && !from.left.take_overs) continue;
    move it(out, from);
    if (lives) it.fault(), --it->left.take_overs;
    statement& sent = it->statements[of_node(n)];
    sent.kind = statement_kind::take_over;
    sent.node = static_cast<small>(n);
    sent.target = static_cast<small>(row(victim));
    it.say(node_name(n), " sends a take-over of ", node_name(victim),
           lives ? ", which lives but whose lease ran out" : "");
  }
}

void core_model::hear_take_over(const core_state& from, int n, moves& out) const {
  const int i = of_node(n);
  const statement& sent = from.statements[i];
  if (sent.step == answered) {
    move it(out, from);
    it->statements[i] = {};
    it.say(node_name(n), ": its take-over ", sent.result == outcome::done ? "is done" : "was refused");
    for (int h = 0; h < c_.shards; ++h) {
      node_shard& mine = it->nodes[n].shards[h];
      const bool early = !keeps(rule::load_later) && sent.result == outcome::done;
      if (!early || from.db.owner[h] != n || mine.how != holding::none) continue;
      mine.how = holding::mine; // With what was read before the victim's last batch was waited for.
      mine.epoch = from.db.shard_epoch[h];
      mine.durable = mine.length = sent.seen_length[h];
      for (int at = 0; at < mine.length; ++at) mine.memory[at] = from.db.log[h][at];
    }
  }
  if (core_state room = from; from.left.give_ups && forget(room, i)) {
    move it(out, from);
    --it->left.give_ups;
    forget(*it, i);
    it.fault().say(node_name(n), " gets no reply to its take-over");
  }
}

void core_model::run_take_over(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  if (sent.step == 1) return lock_members(from, i, out);
  if (sent.step == 3) return commit_take_over(from, i, out);
  const bool shards_alone = sent.step == 2 && !keeps(rule::lanes_first);
  if (sent.step == 2 && !shards_alone && !lanes_free(from, sent.target)) return;
  move it(out, from);
  statement& now = it->statements[i];
  ++now.step;
  it.say("PostgreSQL: the take-over of ", node_name(sent.target), " by ", node_name(sent.node));
  if (sent.step == 2 && !shards_alone) {
    it.say(" has the lane rows");
  } else if (shards_alone) {
    move_shards(*it, sent, false);
    it.say(" moves the shards, in a transaction of its own");
  } else {
    it.say(" starts");
    for (int h = 0; h < c_.shards; ++h) {
      if (!keeps(rule::shards_later) && from.db.owner[h] == sent.target) now.seen_shards |= static_cast<small>(1 << h);
      if (!keeps(rule::load_later)) now.seen_length[h] = from.db.length[h];
    }
  }
}

void core_model::lock_members(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  const int taker = row(sent.node), victim = sent.target;
  const auto busy = [&](int member) { return member_shared(from, member) || member_locked(from, member); };
  if (busy(victim) || (keeps(rule::taker_lives) && busy(taker))) return;
  move it(out, from);
  const bool both = from.db.members[victim] == member::active &&
                    (!keeps(rule::taker_lives) || from.db.members[taker] == member::active);
  it.say("PostgreSQL: the take-over of ", node_name(victim), " by ", node_name(sent.node),
         both ? (keeps(rule::taker_lives) ? " locks both member rows" : " locks the victim's member row")
              : " finds one of them dead already");
  if (both)
    it->statements[i].step = 2;
  else
    finish(*it, i, outcome::refused);
}

void core_model::commit_take_over(const core_state& from, int i, moves& out) const {
  const statement& sent = from.statements[i];
  if (!keeps(rule::lanes_first) && !lanes_free(from, sent.target)) return;
  move it(out, from);
  it->db.members[sent.target] = member::dead;
  for (small& epoch : it->db.lane_epoch[sent.target])
    if (epoch) epoch = keeps(rule::lane_deleted) ? small{0} : static_cast<small>(epoch + 1);
  move_shards(*it, sent, !keeps(rule::shards_later));
  it.say("PostgreSQL: the take-over of ", node_name(sent.target), " by ", node_name(sent.node), " commits");
  finish(*it, i, outcome::done);
}

void core_model::move_shards(core_state& s, const statement& by, bool as_seen) const {
  for (int h = 0; h < c_.shards; ++h) {
    if (s.db.owner[h] != by.target || (as_seen && !(by.seen_shards >> h & 1))) continue;
    s.db.owner[h] = static_cast<small>(row(by.node));
    ++s.db.shard_epoch[h];
  }
}

} // namespace model
