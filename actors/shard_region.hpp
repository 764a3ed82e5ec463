// Where commands find their aggregates, or the node that has them: wakes aggregates, sends them to rest, forwards, and
// keeps commands for shards whose owner is unknown.
#pragma once

#include "actors/fifo.hpp"
#include "actors/write_context.hpp"
#include "actors/write_messages.hpp"

#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <caf/event_based_actor.hpp>

#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stele {

/// The one actor that knows which streams have an actor.
///
/// Keeps order: while it has asked an aggregate to go, later commands of that stream wait here until the aggregate has
/// said `retired` (then a new one gets them) or `busy` (then it does). All earlier ones were in its mailbox before.
class shard_region final : public caf::event_based_actor {
public:
  shard_region(caf::actor_config& config, write_context_ptr context);

  const char* name() const override { return "region"; }
  void on_exit() override;

protected:
  caf::behavior make_behavior() override;

private:
  using use_list = boost::intrusive::list<
      live_stream,
      boost::intrusive::member_hook<live_stream, boost::intrusive::list_member_hook<>, &live_stream::by_use>>;

  /// Streams are found by their id, which lies in them.
  struct hash_of_id {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
    std::size_t operator()(const live_stream_ptr& it) const { return (*this)(it->id); }
  };
  struct same_id {
    using is_transparent = void;
    bool operator()(const live_stream_ptr& a, const live_stream_ptr& b) const { return a->id == b->id; }
    bool operator()(std::string_view id, const live_stream_ptr& it) const { return it->id == id; }
    bool operator()(const live_stream_ptr& it, std::string_view id) const { return it->id == id; }
  };

  using stream_set = boost::unordered_flat_set<live_stream_ptr, hash_of_id, same_id>;

  void take_commands();
  void hear(const stream_notice& notice);
  void hear(const shard_leaves& it);
  void hear(const command_returned& back);
  void hear(const region_tick& tick);

  // Routing.
  void take(const command_ptr& it);
  void route(shard_number shard, node_number owner, const command_ptr& it);
  void forward(node_number owner, const command_ptr& it);
  void work_off(shard_number shard, fifo<command_ptr>& waiting);
  void keep_unowned(shard_number shard, const command_ptr& it);
  void look_after_unowned();
  void drop_overdue(fifo<command_ptr>& waiting) const;

  // Aggregates.
  void deliver(shard_number shard, const command_ptr& it);
  live_stream& wake(shard_number shard, const std::string& stream_id);
  void buffer(live_stream& stream, const command_ptr& it);
  void ask_to_go(live_stream& stream);
  void insist(live_stream& stream);
  void finish_leaving(shard_number shard);
  void bury(live_stream& stream);
  void give_second_chance(live_stream& stream);
  void keep_budget(int looks);
  void retire_idle();
  void tick_again();

  const actor_settings& settings() const { return context_->parts.settings; }

  write_context_ptr context_;
  std::vector<command_ptr> come_;  ///< Taken out of the inbox.
  std::vector<stream_set> shards_; ///< The live streams of each.
  use_list by_use_;                ///< Least recently used last; without the retiring.
  std::unordered_map<const live_stream*, fifo<command_ptr>> leaving_; ///< What waits for streams asked to go.
  std::map<shard_number, fifo<command_ptr>> unowned_;
  std::map<shard_number, shard_leaves> going_; ///< Shards that are given away.
  std::size_t unowned_count_ = 0;
  bool looking_after_unowned_ = false;
  std::uint64_t leaving_bytes_ = 0;
  std::uint32_t now_ms_ = 0; ///< Steady, as of the last tick: exact enough for idle times.
};

} // namespace stele
