// Parks requests for events, and reads the store for all that stand at the same place at once.
#pragma once

#include "actors/all_events.hpp"
#include "actors/lifetime_gate.hpp"
#include "actors/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <map>
#include <optional>

namespace stele {

/// Shared by the actor and its owner. What it refers to may be used by the actor only behind `gate`.
struct all_events_context {
  event_store& events;
  const std::size_t page_max; ///< Events in one read.
  clock& time;
  node_counters& counters;
  lifetime_gate gate;
};

/// A request with its place in the log, which moves while nothing is found for it.
struct follower {
  std::uint64_t number = 0;
  std::int64_t deadline_us = 0;
  std::size_t passed = 0; ///< Events read for it that were not for it.
  events_request it;
};
using follower_ptr = std::shared_ptr<follower>;

struct follow {
  follower_ptr it;
};
/// How far other nodes have committed.
struct remote_commits {
  std::vector<std::pair<shard_number, shard_position>> heads;
};
struct forget_follower {
  std::uint64_t number = 0;
};
/// Answer who is parked, park no more; then call.
struct no_more_following {
  std::shared_ptr<const std::function<void()>> finished;
};

/// Woken by commits of this node, by news of those of others, by one timer for the nearest deadline, and, while the
/// store holds back what was committed, by another. A request is answered from a read that began after it came.
class all_events_actor final : public caf::event_based_actor {
public:
  all_events_actor(caf::actor_config& config, std::shared_ptr<all_events_context> context);

  const char* name() const override { return "all_events"; }
  void on_exit() override; ///< Answers who is still here.

protected:
  caf::behavior make_behavior() override;

private:
  /// Where followers stand: after the same global position.
  struct place {
    std::vector<follower_ptr> waiting, reading; ///< Parked; and those the read that is out is for.
    bool queued = false;                        ///< Waits for its turn to be read for.
    bool out = false;                           ///< A read is out.
    bool again = false;                         ///< And another is wanted after it.

    bool is_idle() const { return waiting.empty() && !queued && !out; }
  };

  /// The last event a lane is known to have committed. The lane's earlier ones come before it in the log.
  struct last_commit {
    shard_number shard = 0;
    shard_position position = 0;       ///< 0: none yet.
    std::uint64_t global_position = 0; ///< 0: not known yet.
    bool looked_for = false;
  };

  /// One read of the store.
  struct page_read {
    std::uint64_t after = 0;
    std::size_t limit = 0;
    std::uint64_t commits = 0; ///< Heard of before it began.
  };

  using events = std::vector<recorded_event>;

  void take(const follower_ptr& it);
  void hear(const committed_events& committed);
  void hear(const remote_commits& committed);
  void wake_waiting();
  void drop(std::uint64_t number);
  void close(const no_more_following& it);
  void finish_closing();
  std::vector<std::uint64_t> places_with_waiting() const;

  // Reading.
  void want_read(std::uint64_t after);
  void read_next();
  void read_page(std::uint64_t after, place& at);
  void take_page(const page_read& read, const stored<events>& page);
  void go_on(const follower_ptr& it, const page_read& read, const events& page);
  bool serve(follower& it, const page_read& read, const events& page);
  void park(const follower_ptr& it, std::uint64_t commits);
  bool is_late(const follower& it) const;
  void answer(follower& it, std::variant<event_page, refusal> outcome);

  // Deadlines.
  void sweep_by(std::int64_t deadline_us);
  void sweep();

  // What the store still holds back.
  void note(const page_read& read, const events& page);
  bool is_held_back(std::uint64_t after) const;
  void look_again_later();
  void look_again();
  void look_for(last_commit& it);

  std::shared_ptr<all_events_context> context_;
  std::map<std::uint64_t, place> places_;
  std::deque<std::uint64_t> queue_;  ///< Places to be read for.
  std::size_t reads_ = 0;            ///< Under way.
  std::uint64_t commits_ = 0;        ///< Heard of so far.
  std::optional<std::uint64_t> end_; ///< Where the log ended when it was last read to its end.
  std::vector<last_commit> lanes_;   ///< Of this node.
  std::vector<last_commit> shards_;  ///< Of the others.
  std::uint32_t looks_ = 0;          ///< Since the last commit.
  bool looking_ = false;             ///< The timer is set.
  std::optional<std::int64_t> sweep_us_;
  bool closing_ = false;
  std::vector<no_more_following> closers_;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::follow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::remote_commits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::forget_follower)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::no_more_following)
