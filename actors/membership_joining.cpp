// How a node becomes one of the others, and how it goes.
#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/membership_actor.hpp"

#include <algorithm>

namespace stele {

namespace {

constexpr std::int64_t reach_wait_ms = 2000;
constexpr std::int64_t again_ms = 100;

} // namespace

void membership_actor::join(member_addresses at) {
  at_ = std::move(at);
  phase_ = phase::announcing;
  announce();
}

void membership_actor::announce() {
  parts().store.announce(at_, answer_in<stele::done>(this, [this](stored<stele::done> outcome) {
                           if (is_over()) return;
                           if (!outcome) {
                             trouble("this node's addresses could not be told", outcome.error());
                             return run_later(this, again_ms, [this] { announce(); });
                           }
                           phase_ = phase::reaching;
                           read_view();
                         }));
}

/// Those whose lease has expired need not be reached: they are taken over.
void membership_actor::reach_all() {
  bool all = true;
  for (const member& it : view_.members) {
    if (it.number == parts().store.me() || it.status != member_status::active || it.lease_left_ms <= 0) continue;
    if (reached_.count(it.number) != 0 || gone_.count(it.number) != 0) continue;
    all = false;
    if (reaching_.insert(it.number).second) reach(it);
  }
  if (all) activate();
}

/// The way there is shown by the question, the way back by the answer.
void membership_actor::reach(const member& peer) {
  parts().peers.ask(peer.number, try_to_reach{parts().store.me(), at_.cluster, reach_wait_ms}, reach_wait_ms * 2,
                    [to = self(), peer = peer.number](const std::variant<peer_answer, link_fault>& answer) {
                      const auto* found = std::get_if<peer_answer>(&answer);
                      const auto* back = found ? std::get_if<reached>(found) : nullptr;
                      run_in(to, [peer, back = back ? std::optional(*back) : std::nullopt](membership_actor& here) {
                        here.take_reached(peer, back);
                      });
                    });
}

void membership_actor::take_reached(node_number peer, const std::optional<reached>& back) {
  reaching_.erase(peer);
  if (phase_ != phase::reaching) return;
  if (back && back->yes) {
    reached_.insert(peer);
    return reach_all();
  }
  const member* it = find(peer);
  if (back && it)
    log(log_level::warning,
        "membership: node " + it->name + " can't reach this node at " + at_.cluster + ": " + back->why_not);
  run_later(this, again_ms, [this] {
    if (phase_ == phase::reaching) reach_all();
  });
}

void membership_actor::activate() {
  if (writing_) return;
  writing_ = true;
  parts().store.activate(answer_in<stele::done>(this, [this](stored<stele::done> outcome) {
    writing_ = false;
    if (is_over()) return;
    if (!outcome) {
      trouble("this node could not become active", outcome.error());
    } else if (phase_ == phase::reaching) {
      phase_ = phase::active;
      context_->active = true;
      log(log_level::info, "membership: this node is active as number " + std::to_string(parts().store.me()));
    }
    read_view();
  }));
}

void membership_actor::give_away(std::function<void()> given) {
  if (is_over()) return given();
  givers_.push_back(std::move(given));
  context_->active = false;
  if (phase_ == phase::leaving) return;
  phase_ = phase::leaving;
  tell_leaving();
}

void membership_actor::tell_leaving() {
  telling_ = true;
  parts().store.leave(answer_in<std::uint32_t>(this, [this](const stored<std::uint32_t>& left) {
    telling_ = false;
    if (!left && !is_over()) trouble("the others could not be told that this node leaves", left.error());
    next_move_us_ = 0;
    read_view();
  }));
}

/// Who counts as active is given shards by the others.
void membership_actor::tell_leaving_again() {
  const member* me = find(parts().store.me());
  if (phase_ == phase::leaving && !telling_ && me->status == member_status::active && count_owned() != 0)
    tell_leaving();
}

void membership_actor::finish_giving() {
  if (phase_ != phase::leaving || givers_.empty()) return;
  const bool somebody = std::any_of(view_.members.begin(), view_.members.end(), [this](const member& it) {
    return it.number != parts().store.me() && it.status == member_status::active && it.lease_left_ms > 0;
  });
  if (count_owned() != 0 && somebody) return;
  for (const auto& given : std::exchange(givers_, {})) given();
}

void membership_actor::leave(std::function<void()> left) {
  if (is_over()) return left();
  auto gone = [this, left](const auto& outcome) {
    if (!outcome)
      log(log_level::warning,
          "membership: this node could not leave; the others wait for its lease to end: " + outcome.error().what);
    if (!is_over()) phase_ = phase::left;
    left();
  };
  if (count_owned() != 0)
    parts().store.leave_last(answer_in<stele::done>(this, gone));
  else
    parts().store.leave(answer_in<std::uint32_t>(this, gone));
}

} // namespace stele
