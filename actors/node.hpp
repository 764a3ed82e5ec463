// One running node: the actors over a store, and the calls the doors make.
#pragma once

#include "actors/all_events.hpp"
#include "actors/clock.hpp"
#include "actors/command.hpp"
#include "actors/counters.hpp"
#include "actors/link.hpp"
#include "actors/membership.hpp"
#include "actors/query.hpp"
#include "actors/random.hpp"
#include "actors/registry.hpp"
#include "actors/settings.hpp"
#include "actors/view_report.hpp"
#include "persistence/store.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stele {

/// What a node is made of. All of it outlives the node.
struct node_parts {
  caf::actor_system& system;
  store& storage;
  const registry& hosted;
  actor_settings settings;
  clock& time = system_clock();
  random_source& random = system_random();
  membership_store* members = nullptr; ///< Null, like `peers`: the node is alone.
  link* peers = nullptr;
  membership_settings cluster = {};
  std::function<void(const std::string& why)> on_dead = {}; ///< The node owns nothing any more: it must end.
};

/// The answer of an administrative call: nothing when done, else why not.
using admin_reply = std::function<void(std::optional<refusal>)>;

/// A running node. Every call returns at once and may be made from any thread; answers come through the callback given,
/// from any thread. What is beyond a limit is refused at once, in the calling thread.
class node {
public:
  /// Spawns the actors and starts to open the views. Commands and queries are taken from now on.
  explicit node(node_parts parts);
  ~node(); ///< Stops at once; `drain` first to finish what was accepted.
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// For a command whose sender has none: greater than all before it.
  uuid new_command_id() const;

  /// Answers with `not_found` if no aggregate has the name the stream id begins with.
  void submit(command_ptr it);
  void ask(query_ptr it);

  /// The state of an aggregate from its stream: at a version, or with the events recorded up to a time. Refused with
  /// `not_found` above the head and before the first event.
  using state_reply = std::function<void(std::variant<state_at, refusal>)>;
  void state_at_version(std::string stream_id, stream_version version, state_reply reply);
  void state_at_time(std::string stream_id, unix_ms at, state_reply reply);

  /// Events of a stream after a version; `not_found` when the stream is empty.
  using history_reply = std::function<void(std::variant<std::vector<recorded_event>, refusal>)>;
  void history(std::string stream_id, stream_version after, std::size_t limit, history_reply reply);

  /// Events of the whole store, in its one order, after a global position; waits for the next when there are none yet.
  /// Returns what to `forget` the request by, when its caller is gone.
  std::uint64_t read_all(events_request it);
  void forget(std::uint64_t events_request);

  // Of several: no call of these when it is alone.

  /// Becomes one of the others: takes its part of the shards once it and they have reached each other.
  void join(member_addresses at);

  /// What another node asks; `try_to_reach` is none of the node's business, its link does that.
  void peer_asked(const peer_question& what, std::function<void(peer_answer)> reply);

  void cluster(std::function<void(std::optional<cluster_report>)> reply); ///< Nothing when it is alone.

  // Administration.
  void rebuild(std::string view, admin_reply reply); ///< Answers when it has begun; `reports` shows how it goes.
  void pause(std::string view, admin_reply reply);
  void resume(std::string view, admin_reply reply); ///< Also restarts stopped shards.
  void reports(std::function<void(std::vector<view_report>)> reply);
  void backup(std::string file, admin_reply reply);

  /// True once every view is open and the store answers; false again while draining.
  bool ready() const;

  /// One of several gives its shards to the others, while it still takes everything: before `drain`. It isn't ready any
  /// more. A node that is alone has nothing to do.
  void give_away(std::function<void()> given);

  /// Takes no more, finishes what was accepted, answers when all of it is durable, answered and folded; one of several
  /// has left by then.
  void drain(std::function<void()> finished);

  const registry& hosted() const;
  const store_identity& identity() const;
  const node_counters& counters() const;
  clock& time() const;
  random_source& random() const;

private:
  void finish(std::function<void()> finished);

  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
