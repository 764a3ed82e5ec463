// Follows the view of the cluster and does this node's part in it, one step after the other. Private to `membership`.
#pragma once

#include "actors/lifetime_gate.hpp"
#include "actors/membership.hpp"
#include "actors/placement.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <memory>
#include <set>

namespace stele {

class membership_actor;

/// Runs inside the actor of the membership.
struct membership_call {
  std::shared_ptr<const std::function<void(membership_actor&)>> run;
};

/// Shared by the actor and its owner. What `parts` refers to may be used by the actor only behind `gate`.
struct membership_context {
  explicit membership_context(membership_parts given) : parts(std::move(given)) {}
  membership_parts parts;
  std::atomic<bool> active{false};
  lifetime_gate gate;
};

/// What it knows of a shard is good for one epoch only; `docs/protocol.md` has the rules by number.
class membership_actor final : public caf::event_based_actor {
public:
  membership_actor(caf::actor_config& config, std::shared_ptr<membership_context> context);

  const char* name() const override { return "membership"; }
  void on_exit() override;

  void join(member_addresses at);
  void give_away(std::function<void()> given);
  void leave(std::function<void()> left);
  node_status hear(const node_status& it);
  void hear(const link_news& news);
  cluster_report report() const;

protected:
  caf::behavior make_behavior() override;

private:
  enum class phase { silent, announcing, reaching, active, leaving, left, dead };
  enum class place {
    elsewhere,
    loading, ///< This node's; its end is being read.
    mine,
    going,  ///< To be given; what was decided for it is being finished.
    giving, ///< The give is out, or its outcome unknown.
  };

  struct shard_state {
    place now = place::elsewhere;
    std::uint64_t epoch = 0; ///< The greatest ever seen, or given away at.
  };

  static constexpr const char* replaced = "another node has taken over from this one";

  // The lease: membership_actor.cpp.
  void beat();
  void renew();
  bool renews_in_time() const;
  void renewed(std::int64_t sent_us, stored<std::uint64_t> view);
  void renew_again_soon(const store_error& why);
  void read_view();
  void take_view(stored<cluster_view> found);
  void die(const std::string& why);
  bool is_over() const { return phase_ == phase::left || phase_ == phase::dead; }
  void trouble(const std::string& what, const store_error& why);

  // Joining and leaving: membership_joining.cpp.
  void announce();
  void reach_all();
  void reach(const member& peer);
  void take_reached(node_number peer, const std::optional<reached>& back);
  void activate();
  void tell_leaving();
  void tell_leaving_again();
  void finish_giving();

  // The others: membership_peers.cpp.
  void connect();
  void take_over_lost();
  void take_over(node_number victim, bool gone);
  void claim();
  bool is_buried_by(const node_status& it) const;
  void tell_peers();
  void tell(node_number peer);
  node_status status() const;
  const member* find(node_number number) const;

  // Shards: membership_shards.cpp.
  void follow_owners();
  bool follow(shard_number shard, const shard_owner& owner);
  void open(std::vector<shard_number> gained);
  void opened(const std::vector<shard_number>& gained, const std::vector<std::uint64_t>& epochs,
              const stored<std::vector<shard_position>>& heads);
  void balance();
  void let_go(const shard_move& move);
  void give(const shard_move& move);
  void given(const shard_move& move, const stored<std::optional<std::uint64_t>>& outcome);
  void keep(shard_number shard);
  void take_back(shard_number shard);
  void part_with(shard_number shard, node_number owner);
  std::size_t count(place where) const;
  std::size_t count_owned() const { return shards_.size() - count(place::elsewhere); }

  caf::actor self() { return caf::actor_cast<caf::actor>(this); }
  membership_parts& parts() const { return context_->parts; }
  std::int64_t now_us() const { return parts().time.steady_us(); }

  std::shared_ptr<membership_context> context_;
  phase phase_ = phase::silent;
  member_addresses at_;
  cluster_view view_;
  std::vector<shard_state> shards_;
  std::set<node_number> connected_, reached_, reaching_, gone_;
  std::vector<node_number> peers_;   ///< As the link was told.
  std::int64_t steady_since_us_ = 0; ///< Its renewals have succeeded without a gap since then.
  std::int64_t renewed_us_ = 0;      ///< When the last renewal was answered.
  std::int64_t proven_until_us_ = 0, next_move_us_ = 0, next_renewal_us_ = 0, next_tell_us_ = 0;
  bool renewal_failed_ = false;               ///< The last one.
  bool reading_ = false, read_again_ = false; ///< A view is being read; another is wanted after it.
  bool telling_ = false;                      ///< That it leaves.
  bool writing_ = false;                      ///< A take-over, a claim or an activation is out.
  std::vector<std::function<void()>> givers_; ///< Called when no shard is left.
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::membership_call)

namespace stele {

/// From any thread.
template <class Do>
void run_in(const caf::actor& membership, Do what) {
  caf::anon_send(membership,
                 membership_call{std::make_shared<const std::function<void(membership_actor&)>>(std::move(what))});
}

} // namespace stele
