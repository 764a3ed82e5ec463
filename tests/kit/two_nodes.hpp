// Two nodes that read one store, in a simulation: each folds the shards it owns, and asks the other for the rest.
#pragma once

#include "tests/kit/read_kit.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

inline constexpr node_number here = 1, there = 2; // A map of a node that is alone calls it 1.

/// Takes what this node asks of the other one to that one's read side.
class way_to final : public link {
public:
  explicit way_to(simulation& sim) : sim_(sim) {}

  void connect_to(std::vector<member>) override {}
  void on_news(std::function<void(link_news)>) override {}
  void probe(node_number) override {}
  void forward(node_number, const command_ptr&, forwarded_reply reply) override { reply(link_fault::not_sent); }

  void forward(node_number, const query_ptr& it, std::int64_t, asked_reply reply) override {
    if (broken) return sim_.later([reply] { reply(link_fault::lost); });
    ++look_ups;
    query_ptr copy(new query);
    copy->view = it->view;
    copy->key = it->key;
    copy->after = it->after;
    copy->timeout_ms = it->timeout_ms;
    copy->forwarded = true;
    copy->answer = [this, reply](const query_outcome& outcome) { sim_.later([reply, outcome] { reply(outcome); }); };
    sim_.later([this, copy] { other->ask(copy); });
  }

  void ask(node_number, peer_question it, std::int64_t, peer_reply reply) override {
    if (broken) return sim_.later([reply] { reply(link_fault::lost); });
    ++questions;
    if (keeps) {
      kept = std::move(reply);
      return;
    }
    sim_.later([this, it, reply] {
      other->await(std::get<await_written>(it),
                   [this, reply](written_up_to found) { sim_.later([reply, found] { reply(peer_answer{found}); }); });
    });
  }

  read_side* other = nullptr;
  bool broken = false;
  bool keeps = false; ///< Questions are answered by the test, through `kept`.
  peer_reply kept;
  std::size_t look_ups = 0, questions = 0;

private:
  simulation& sim_;
};

/// The world's own read side is the first node, `second` the other. Each shard is owned by one of them.
struct two_nodes : read_world {
  explicit two_nodes(std::uint64_t seed) : read_world(seed), way(sim), back(sim), other_shards(4, there) {
    peers = &way;
    other_shards.prove_until(INT64_MAX);
    for (shard_number shard = 0; shard < 4; ++shard) set_owner(shard, shard % 2 == 0 ? here : there);
  }
  ~two_nodes() {
    second.reset();
    stop();
    sim.run();
  }

  void start_both() {
    start_both_unopened();
    sim.run();
  }

  void start_both_unopened() {
    start();
    second = std::make_unique<read_side>(
        read_parts{sim.system(), log, views, hosted, settings, sim.time, counters, other_shards, &back, heads});
    way.other = second.get();
    back.other = reads.get();
    for (shard_number shard = 0; shard < 4; ++shard)
      (shards.is_mine(shard) ? *reads : *second).gained(shard, heads[shard]);
  }

  void set_owner(shard_number shard, node_number owner) {
    shards.set(shard, owner);
    other_shards.set(shard, owner);
  }

  /// What the membership of each does when a shard changes hands.
  void move(shard_number shard) {
    const bool leaves = shards.is_mine(shard);
    read_side& from = leaves ? *reads : *second;
    read_side& to = leaves ? *second : *reads;
    from.lost(shard);
    set_owner(shard, leaves ? there : here);
    to.gained(shard, heads[shard]);
  }

  /// Committed at the node that owns the shard.
  event_batch store(const std::string& stream) {
    const auto batch = commit(stream, "1", false);
    read_side& owner = shards.is_mine(batch->front().shard) ? *reads : *second;
    for (const auto& projector : owner.projectors()) caf::anon_send(projector, committed_events{batch});
    return batch;
  }

  std::string stream_of(node_number owner) const {
    for (int i = 1;; ++i)
      if (shards.owner(shard_of("box-" + std::to_string(i), 4)) == owner) return "box-" + std::to_string(i);
  }

  way_to way, back;
  shard_map other_shards;
  std::unique_ptr<read_side> second;
};

} // namespace stele::kit
