// The beat: keeps the lease, reads the view, and does what it asks for.
#include "actors/membership_actor.hpp"

#include "actors/continuation.hpp"
#include "actors/log.hpp"

#include <algorithm>
#include <utility>

namespace stele {

namespace {

constexpr std::int64_t beats_per_lease = 6;
constexpr std::int64_t renewals_per_lease = 3;
constexpr std::int64_t tries_per_lease = 30; ///< Of a renewal that failed.

/// What a lease is trusted for: clocks of two machines don't run at the same speed.
std::int64_t trusted_us(std::int64_t lease_ms) { return lease_ms * 900; }

} // namespace

membership_actor::membership_actor(caf::actor_config& config, std::shared_ptr<membership_context> context)
    : caf::event_based_actor(config), context_(std::move(context)), shards_(parts().shards.size()) {}

caf::behavior membership_actor::make_behavior() {
  beat();
  return {[this](const continuation& next) {
            if (const lifetime_gate::pass inside(context_->gate); inside) (*next.run)();
          },
          [this](const membership_call& call) {
            if (const lifetime_gate::pass inside(context_->gate); inside) (*call.run)(*this);
          }};
}

void membership_actor::on_exit() {
  givers_.clear();
  context_.reset();
}

void membership_actor::beat() {
  if (is_over()) return;
  run_later(this, parts().settings.lease_ms / beats_per_lease, [this] { beat(); });
  if (now_us() >= next_renewal_us_) renew();
  read_view();
  if (now_us() >= next_tell_us_) tell_peers();
}

void membership_actor::renew() {
  next_renewal_us_ = now_us() + parts().settings.lease_ms * 1000 / renewals_per_lease;
  parts().store.renew(answer_in<std::uint64_t>(
      this, [this, sent_us = now_us()](stored<std::uint64_t> view) { renewed(sent_us, std::move(view)); }));
}

/// The lease runs from some moment after the renewal was sent.
void membership_actor::renewed(std::int64_t sent_us, stored<std::uint64_t> view) {
  if (is_over()) return;
  if (!view) return renew_again_soon(view.error());
  renewal_failed_ = false;
  if (!renews_in_time()) steady_since_us_ = now_us();
  renewed_us_ = now_us();
  proven_until_us_ = std::max(proven_until_us_, sent_us + trusted_us(parts().settings.lease_ms));
  parts().shards.prove_until(proven_until_us_);
  if (*view > view_.number) read_view();
}

/// Before the lease is over a beat may be too late: a database that was away may be back in a moment.
void membership_actor::renew_again_soon(const store_error& why) {
  next_renewal_us_ = now_us();
  run_later(this, parts().settings.lease_ms / tries_per_lease, [this] {
    if (!is_over() && now_us() >= next_renewal_us_) renew();
  });
  if (why.fault == store_fault::fenced || !std::exchange(renewal_failed_, true))
    trouble("the lease could not be renewed", why);
}

/// What keeps renewals away for two thirds of a lease may cost others theirs, who were about to renew.
bool membership_actor::renews_in_time() const { return now_us() - renewed_us_ < parts().settings.lease_ms * 600; }

void membership_actor::read_view() {
  read_again_ = reading_;
  if (reading_) return;
  reading_ = true;
  parts().store.read_view(answer_in<cluster_view>(this, [this](stored<cluster_view> found) {
    reading_ = false;
    take_view(std::move(found));
    if (read_again_ && !is_over()) read_view();
  }));
}

void membership_actor::take_view(stored<cluster_view> found) {
  if (is_over()) return;
  if (!found) return trouble("the view of the cluster could not be read", found.error());
  if (found->number < view_.number) return;
  const bool news = found->number > view_.number;
  view_ = std::move(*found);
  if (!find(parts().store.me())) return die(replaced);
  connect();
  follow_owners();
  if (is_over()) return;
  take_over_lost();
  claim();
  if (phase_ == phase::reaching) reach_all();
  tell_leaving_again();
  balance();
  finish_giving();
  if (news) tell_peers();
}

/// Fenced is for ever; anything else is tried again at the next beat.
void membership_actor::trouble(const std::string& what, const store_error& why) {
  if (why.fault == store_fault::fenced) return die(why.what);
  log(log_level::warning, "membership: " + what + ": " + why.what);
}

void membership_actor::die(const std::string& why) {
  if (is_over()) return;
  phase_ = phase::dead;
  context_->active = false;
  parts().shards.prove_until(0);
  for (shard_number shard = 0; shard < shards_.size(); ++shard) parts().shards.set(shard, 0);
  log(log_level::error, "membership: this node is dead to the others and must be started anew: " + why);
  parts().hooks.dead(why);
}

cluster_report membership_actor::report() const {
  cluster_report it{parts().store.me(), view_, {connected_.begin(), connected_.end()}, {}, 0};
  for (shard_number shard = 0; shard < shards_.size(); ++shard)
    if (shards_[shard].now == place::going || shards_[shard].now == place::giving) it.moving.push_back(shard);
  it.lease_left_ms = std::max<std::int64_t>(0, (proven_until_us_ - now_us()) / 1000);
  it.requests = parts().peers.requests();
  return it;
}

} // namespace stele
