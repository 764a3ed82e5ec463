#include "actors/node.hpp"

#include "actors/presence.hpp"
#include "actors/read_side.hpp"
#include "actors/time_travel.hpp"
#include "actors/write_side.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <atomic>

namespace stele {

struct node::parts {
  explicit parts(node_parts given)
      : made_of(std::move(given)), shards(map_of()), heads(made_of.storage.events().identity().shards),
        reads(read_parts_of()),
        all({made_of.system, made_of.storage.events(), made_of.settings, made_of.time, counters}),
        writes(write_parts_of()),
        past(spawn_past_reader(made_of.system, {made_of.storage.events(), made_of.hosted,
                                                made_of.settings.recover_events_max, readers.enter()})) {
    if (made_of.members) place = std::make_unique<membership>(membership_parts_of());
  }

  membership_parts membership_parts_of() {
    membership_hooks hooks;
    hooks.let_go = [this](shard_number shard, std::function<void()> left) { writes.let_go(shard, std::move(left)); };
    hooks.owner_changed = [this](shard_number shard) { writes.moved(shard); };
    hooks.gained = [this](shard_number shard, shard_position head) {
      writes.opened(shard, head);
      reads.gained(shard, head);
    };
    hooks.lost = [this](shard_number shard) { reads.lost(shard); };
    hooks.report = [this](node_status& it) { reads.report(it); };
    hooks.heard = [this](const node_status& it) {
      reads.hear(it);
      all.hear(it.heads);
    };
    hooks.dead = [this](const std::string& why) {
      writes.fence();
      if (made_of.on_dead) made_of.on_dead(why);
    };
    return {made_of.system, *made_of.members, made_of.storage.events(), *made_of.peers, made_of.time, counters, shards,
            heads,          made_of.cluster,  std::move(hooks)};
  }

  shard_map map_of() const {
    const std::uint32_t shards = made_of.storage.events().identity().shards;
    return made_of.members ? shard_map(shards, made_of.members->me()) : shard_map(shards);
  }

  read_parts read_parts_of() {
    return {made_of.system,
            made_of.storage.events(),
            made_of.storage.views(),
            made_of.hosted,
            made_of.settings,
            made_of.time,
            counters,
            shards,
            made_of.peers,
            heads};
  }

  write_parts write_parts_of() {
    std::vector<caf::actor> listeners = reads.projectors();
    listeners.push_back(all.listener());
    return {made_of.system,
            made_of.storage.events(),
            made_of.storage.snapshots(),
            made_of.hosted,
            made_of.settings,
            made_of.time,
            made_of.random,
            shards,
            made_of.peers,
            counters,
            heads,
            std::move(listeners),
            made_of.on_dead};
  }

  /// The reply, holding a place among the readers of the past until it is called or dropped; empty when there is none.
  template <class Result>
  std::function<void(Result)> with_place(std::function<void(Result)> reply) {
    if (past_readers.fetch_add(1) >= made_of.settings.past_readers_max) {
      past_readers.fetch_sub(1);
      reply(
          refusal{refusal_kind::overloaded, "overloaded", "Too many histories are being read; try again shortly.", {}});
      return {};
    }
    std::shared_ptr<void> place(nullptr, [this, here = readers.enter()](void*) { past_readers.fetch_sub(1); });
    return [reply = std::move(reply), place](Result outcome) { reply(std::move(outcome)); };
  }

  node_parts made_of;
  shard_map shards;
  node_counters counters;
  shard_heads heads;
  std::atomic<std::size_t> past_readers{0}; ///< Histories and old states being read.
  attendance readers;                       ///< They use the store: it must outlast them.
  std::atomic<bool> draining{false};
  read_side reads; ///< Outlives the write side, whose lanes send to its projectors.
  all_events all;  ///< So does this.
  write_side writes;
  caf::actor past;
  std::unique_ptr<membership> place; ///< Null: the node is alone.
};

node::node(node_parts given) : parts_(std::make_unique<parts>(std::move(given))) {}
node::~node() {
  caf::anon_send_exit(parts_->past, caf::exit_reason::user_shutdown);
  parts_->readers.wait();
}

uuid node::new_command_id() const { return parts_->writes.new_command_id(); }
void node::submit(command_ptr it) { parts_->writes.submit(std::move(it)); }
void node::ask(query_ptr it) { parts_->reads.ask(std::move(it)); }

void node::state_at_version(std::string stream_id, stream_version version, state_reply reply) {
  auto placed = parts_->with_place(std::move(reply));
  if (!placed) return;
  ask_state(parts_->past, std::move(stream_id), {version, std::nullopt}, std::move(placed));
}

void node::state_at_time(std::string stream_id, unix_ms at, state_reply reply) {
  auto placed = parts_->with_place(std::move(reply));
  if (!placed) return;
  ask_state(parts_->past, std::move(stream_id), {std::nullopt, at}, std::move(placed));
}

void node::history(std::string stream_id, stream_version after, std::size_t limit, history_reply reply) {
  auto placed = parts_->with_place(std::move(reply));
  if (!placed) return;
  limit = std::min(limit, parts_->made_of.settings.recover_events_max);
  read_history(parts_->made_of.storage.events(), std::move(stream_id), after, limit, std::move(placed));
}

std::uint64_t node::read_all(events_request it) { return parts_->all.ask(std::move(it)); }
void node::forget(std::uint64_t events_request) { parts_->all.forget(events_request); }

void node::rebuild(std::string view, admin_reply reply) { parts_->reads.rebuild(std::move(view), std::move(reply)); }
void node::pause(std::string view, admin_reply reply) { parts_->reads.pause(std::move(view), std::move(reply)); }
void node::resume(std::string view, admin_reply reply) { parts_->reads.resume(std::move(view), std::move(reply)); }
void node::reports(std::function<void(std::vector<view_report>)> reply) { parts_->reads.reports(std::move(reply)); }

void node::backup(std::string file, admin_reply reply) {
  parts_->made_of.storage.backup(std::move(file), [reply = std::move(reply)](stored<done> outcome) {
    if (outcome) return reply(std::nullopt);
    reply(refusal{refusal_kind::unavailable, "backup_failed", outcome.error().what, {}});
  });
}

bool node::ready() const {
  return !parts_->draining.load() && parts_->writes.ready() && parts_->reads.ready() &&
         (!parts_->place || parts_->place->active());
}

void node::drain(std::function<void()> finished) {
  parts_->draining = true;
  if (!parts_->place) return finish(std::move(finished));
  finish([this, finished = std::move(finished)] { parts_->place->leave(finished); });
}

void node::give_away(std::function<void()> given) {
  parts_->draining = true;
  if (!parts_->place) return given();
  parts_->place->give_away(std::move(given));
}

void node::finish(std::function<void()> finished) {
  parts_->writes.drain([this, finished = std::move(finished)] {
    parts_->reads.drain([this, finished] { parts_->all.drain(finished); });
  });
}

void node::join(member_addresses at) { parts_->place->join(std::move(at)); }

void node::peer_asked(const peer_question& what, std::function<void(peer_answer)> reply) {
  if (const auto* status = std::get_if<node_status>(&what))
    return parts_->place->hear(*status, [reply = std::move(reply)](node_status mine) { reply(std::move(mine)); });
  if (const auto* written = std::get_if<await_written>(&what))
    return parts_->reads.await(*written, [reply = std::move(reply)](written_up_to found) { reply(found); });
  reply(reached{false, "the node can't reach another by itself"});
}

void node::cluster(std::function<void(std::optional<cluster_report>)> reply) {
  if (!parts_->place) return reply(std::nullopt);
  parts_->place->report([reply = std::move(reply)](cluster_report it) { reply(std::move(it)); });
}

const registry& node::hosted() const { return parts_->made_of.hosted; }
const store_identity& node::identity() const { return parts_->made_of.storage.events().identity(); }
const node_counters& node::counters() const { return parts_->counters; }
clock& node::time() const { return parts_->made_of.time; }
random_source& node::random() const { return parts_->made_of.random; }

} // namespace stele
