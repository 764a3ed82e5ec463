// What a node does about the others: knows them, hears them, takes over from the lost.
#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/membership_actor.hpp"
#include "actors/sabotage.hpp"

#include <algorithm>

namespace stele {

namespace {

constexpr std::int64_t tell_every_us = 1'000'000;
constexpr std::int64_t tell_wait_ms = 1000;

} // namespace

const member* membership_actor::find(node_number number) const {
  const auto found = std::find_if(view_.members.begin(), view_.members.end(),
                                  [number](const member& it) { return it.number == number; });
  return found == view_.members.end() ? nullptr : &*found;
}

void membership_actor::connect() {
  std::vector<member> others;
  std::vector<node_number> numbers;
  for (const member& it : view_.members)
    if (it.number != parts().store.me() && !it.at.cluster.empty()) {
      others.push_back(it);
      numbers.push_back(it.number);
    }
  if (std::exchange(peers_, numbers) == numbers) return;
  std::erase_if(connected_, [this](node_number it) { return !find(it); });
  std::erase_if(gone_, [this](node_number it) { return !find(it); });
  parts().peers.connect_to(std::move(others));
}

void membership_actor::hear(const link_news& news) {
  if (is_over()) return;
  if (news.connected) {
    connected_.insert(news.node);
    gone_.erase(news.node);
    if (phase_ == phase::reaching) reach_all();
    return tell(news.node);
  }
  connected_.erase(news.node);
  if (!news.gone) return;
  gone_.insert(news.node);
  read_view(); // It may have left properly.
}

/// One at a time; the next view brings the next. When this node could not renew for a while, neither could the others:
/// after that they get the time to do it.
void membership_actor::take_over_lost() {
  if (STELE_SABOTAGE(lost_nodes_left_alone)) return;
  if (writing_ || (phase_ != phase::active && phase_ != phase::leaving)) return;
  const bool steady = now_us() - steady_since_us_ >= parts().settings.lease_ms * 1000;
  const bool may_judge = steady && renews_in_time();
  for (const member& it : view_.members) {
    if (it.number == parts().store.me()) continue;
    const bool gone = gone_.count(it.number) != 0;
    if (gone || (may_judge && it.lease_left_ms <= 0)) return take_over(it.number, gone);
  }
}

void membership_actor::take_over(node_number victim, bool gone) {
  writing_ = true;
  const member* it = find(victim);
  log(log_level::warning, "membership: node " + it->name + " (number " + std::to_string(victim) + ") " +
                              (gone ? "is gone" : "has let its lease expire") + "; taking over from it");
  parts().store.take_over(victim, gone, answer_in<bool>(this, [this, victim](const stored<bool>& taken) {
                            writing_ = false;
                            if (is_over()) return;
                            if (taken && *taken) parts().counters.take_overs.fetch_add(1, std::memory_order_relaxed);
                            if (taken) gone_.erase(victim);
                            if (!taken)
                              trouble("node " + std::to_string(victim) + " could not be taken over", taken.error());
                            read_view();
                          }));
}

void membership_actor::claim() {
  const bool free =
      std::any_of(view_.shards.begin(), view_.shards.end(), [](const shard_owner& it) { return it.node == 0; });
  if (!free || writing_ || phase_ != phase::active) return;
  writing_ = true;
  parts().store.claim(answer_in<std::uint32_t>(this, [this](const stored<std::uint32_t>& claimed) {
    writing_ = false;
    if (is_over()) return;
    if (!claimed) return trouble("shards that nobody owns could not be claimed", claimed.error());
    read_view();
  }));
}

void membership_actor::tell_peers() {
  next_tell_us_ = now_us() + tell_every_us;
  for (const node_number peer : connected_) tell(peer);
}

void membership_actor::tell(node_number peer) {
  parts().peers.ask(peer, status(), tell_wait_ms, [to = self()](std::variant<peer_answer, link_fault> answer) {
    auto* found = std::get_if<peer_answer>(&answer);
    auto* theirs = found ? std::get_if<node_status>(found) : nullptr;
    if (theirs) run_in(to, [it = std::move(*theirs)](membership_actor& here) { here.hear(it); });
  });
}

node_status membership_actor::hear(const node_status& it) {
  if (!is_over() && is_buried_by(it)) die(replaced);
  if (is_over()) return status();
  if (it.view > view_.number) read_view();
  parts().hooks.heard(it);
  return status();
}

/// A later view without this node: also when the database, that would say so, can't be reached from here.
bool membership_actor::is_buried_by(const node_status& it) const {
  return phase_ == phase::active && view_.number != 0 && it.view > view_.number &&
         !std::binary_search(it.members.begin(), it.members.end(), parts().store.me());
}

node_status membership_actor::status() const {
  node_status it;
  it.number = parts().store.me();
  it.view = view_.number;
  it.ready = context_->active;
  for (const member& other : view_.members) it.members.push_back(other.number);
  for (shard_number shard = 0; shard < shards_.size(); ++shard)
    if (shards_[shard].now == place::mine) it.heads.emplace_back(shard, parts().heads[shard]);
  parts().hooks.report(it);
  return it;
}

} // namespace stele
