// Shards that come and go. The rules, with what happens without each, are in `docs/protocol.md`.
#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/membership_actor.hpp"
#include "actors/sabotage.hpp"

#include <algorithm>

namespace stele {

namespace {

constexpr std::int64_t again_ms = 100;

} // namespace

void membership_actor::follow_owners() {
  std::vector<shard_number> gained;
  for (shard_number shard = 0; shard < shards_.size() && shard < view_.shards.size(); ++shard)
    if (follow(shard, view_.shards[shard])) gained.push_back(shard);
  if (!gained.empty() && !is_over()) open(std::move(gained));
}

/// A row counts only at an epoch greater than any known: an older one may have been read before the shard was given
/// away. True when the shard has become this node's.
bool membership_actor::follow(shard_number shard, const shard_owner& owner) {
  shard_state& it = shards_[shard];
  const bool is_stale = owner.epoch <= it.epoch;
  const bool believed =
      STELE_SABOTAGE(stale_view_believed) && owner.node == parts().store.me() && it.now == place::elsewhere;
  if (is_stale && !believed) return false;
  it.epoch = owner.epoch;
  if (owner.node == parts().store.me()) {
    it.now = place::loading; // Also after a give that came to nothing: it may have been somebody else's meanwhile.
    return true;
  }
  if (it.now == place::mine || it.now == place::going || it.now == place::loading) {
    die("shard " + std::to_string(shard) + " was taken from this node");
    return false;
  }
  part_with(shard, owner.node);
  return false;
}

void membership_actor::open(std::vector<shard_number> gained) {
  std::vector<std::uint64_t> epochs;
  for (const shard_number shard : gained) epochs.push_back(shards_[shard].epoch);
  parts().events.open_shards(gained,
                             answer_in<std::vector<shard_position>>(
                                 this, [this, gained, epochs](const stored<std::vector<shard_position>>& heads) {
                                   opened(gained, epochs, heads);
                                 }));
}

void membership_actor::opened(const std::vector<shard_number>& gained, const std::vector<std::uint64_t>& epochs,
                              const stored<std::vector<shard_position>>& heads) {
  if (is_over()) return;
  if (!heads) {
    trouble("shards that are this node's could not be read", heads.error());
    return run_later(this, again_ms, [this, gained] {
      if (!is_over()) open(gained);
    });
  }
  for (std::size_t i = 0; i < gained.size(); ++i) {
    shard_state& it = shards_[gained[i]];
    if (it.now != place::loading || it.epoch != epochs[i]) continue;
    it.now = place::mine;
    const shard_position head = STELE_SABOTAGE(gained_heads_not_read) ? parts().heads[gained[i]] : (*heads)[i];
    parts().heads.advance(gained[i], head);
    parts().hooks.gained(gained[i], head);
    parts().shards.set(gained[i], parts().store.me());
    parts().hooks.owner_changed(gained[i]);
  }
  balance();
}

/// Starts what may move now.
void membership_actor::balance() {
  if (phase_ != phase::active && phase_ != phase::leaving) return;
  std::size_t under_way = count(place::going) + count(place::giving);
  for (const shard_move& move : plan_moves(view_)) {
    if (under_way >= parts().settings.moves_at_once || now_us() < next_move_us_) break;
    if (move.from != parts().store.me() || shards_[move.shard].now != place::mine) continue;
    if (connected_.count(move.to) == 0) continue; // What waits for the shard could not follow it.
    ++under_way;
    let_go(move);
  }
}

void membership_actor::let_go(const shard_move& move) {
  const auto pause_us = static_cast<std::int64_t>(1'000'000 / std::max(1U, parts().settings.moves_per_second));
  if (phase_ == phase::active) {
    next_move_us_ = now_us() + pause_us;
    run_later(this, pause_us / 1000 + 1, [this] { // No view may come before the next beat.
      if (!is_over()) balance();
    });
  }
  shards_[move.shard].now = place::going;
  parts().shards.set(move.shard, 0);
  if (STELE_SABOTAGE(given_before_decisions_end)) return give(move);
  parts().hooks.let_go(move.shard,
                       [to = self(), move] { run_in(to, [move](membership_actor& here) { here.give(move); }); });
}

void membership_actor::give(const shard_move& move) {
  shard_state& it = shards_[move.shard];
  if (is_over() || it.now != place::going) return;
  it.now = place::giving;
  parts().store.give(
      move.shard, it.epoch, move.to,
      answer_in<std::optional<std::uint64_t>>(
          this, [this, move](const stored<std::optional<std::uint64_t>>& outcome) { given(move, outcome); }));
}

void membership_actor::given(const shard_move& move, const stored<std::optional<std::uint64_t>>& outcome) {
  shard_state& it = shards_[move.shard];
  if (is_over()) return;
  if (!outcome && outcome.error().fault == store_fault::fenced) return die(outcome.error().what);
  if (it.now != place::giving) return; // A view was faster.
  const bool is_unknown = !outcome && outcome.error().fault == store_fault::unknown;
  if (is_unknown && !STELE_SABOTAGE(unknown_give_taken_as_not_given)) return keep(move.shard);
  if (!outcome || !*outcome) {
    if (!outcome) trouble("shard " + std::to_string(move.shard) + " could not be given", outcome.error());
    next_move_us_ = now_us() + again_ms * 1000;
    take_back(move.shard);
    return read_view();
  }
  parts().counters.hand_overs.fetch_add(1, std::memory_order_relaxed);
  it.epoch = std::max(it.epoch, **outcome);
  part_with(move.shard, move.to);
  node_status hint = status();
  ++hint.view; // The give made a later view than the one known here.
  parts().peers.ask(move.to, hint, again_ms * 10, [](const auto&) {});
  read_view();
}

/// The row says nothing as long as the give may still happen. What it says afterwards counts, and at an epoch greater
/// than this one either way.
void membership_actor::keep(shard_number shard) {
  parts().store.keep(
      shard, shards_[shard].epoch, answer_in<stele::done>(this, [this, shard](const stored<stele::done>& outcome) {
        if (is_over() || shards_[shard].now != place::giving) return;
        if (outcome) return read_view();
        trouble("it is unknown whether shard " + std::to_string(shard) + " was given away", outcome.error());
        run_later(this, again_ms, [this, shard] {
          if (!is_over() && shards_[shard].now == place::giving) keep(shard);
        });
      }));
}

/// It was not given, nor will be: it never left.
void membership_actor::take_back(shard_number shard) {
  shards_[shard].now = place::mine;
  parts().shards.set(shard, parts().store.me());
  parts().hooks.owner_changed(shard);
}

void membership_actor::part_with(shard_number shard, node_number owner) {
  shard_state& it = shards_[shard];
  if (std::exchange(it.now, place::elsewhere) != place::elsewhere) parts().hooks.lost(shard);
  parts().shards.set(shard, owner);
  parts().hooks.owner_changed(shard);
  finish_giving();
}

std::size_t membership_actor::count(place where) const {
  return static_cast<std::size_t>(
      std::count_if(shards_.begin(), shards_.end(), [where](const shard_state& it) { return it.now == where; }));
}

} // namespace stele
