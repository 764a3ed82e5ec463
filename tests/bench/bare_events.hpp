// What yardsticks write: the events of the callers of a node, without the node.
#pragma once

#include "persistence/recorded_event.hpp"
#include "tests/bench/bench_node.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace bench {

/// Events like those of the callers, made in place: many orders side by side, each created and given three items.
class bare_events {
public:
  /// Of orders whose shard, modulo `lanes`, is `lane`.
  bare_events(std::size_t orders_at_a_time, std::uint32_t lane, std::uint32_t lanes)
      : lane_(lane), lanes_(lanes), open_(orders_at_a_time), heads_(shards), random_(lane) {}

  const std::vector<stele::recorded_event>& next(std::size_t count) {
    batch_.resize(count);
    for (auto& it : batch_) fill(it);
    return batch_;
  }

  /// Batches of a mean size that is no whole number.
  const std::vector<stele::recorded_event>& next_of_mean(double mean) {
    owed_ += mean;
    const auto count = std::max(1.0, std::floor(owed_));
    owed_ -= count;
    return next(static_cast<std::size_t>(count));
  }

private:
  static constexpr std::uint32_t shards = 64;
  struct order {
    std::string stream_id;
    stele::shard_number shard = 0;
    stele::stream_version version = 4;
  };

  void fill(stele::recorded_event& it) {
    order& mine = open_[turn_++ % open_.size()];
    if (mine.version == 4) begin(mine);
    it.stream_id = mine.stream_id;
    it.shard = mine.shard;
    it.version = ++mine.version;
    it.position = ++heads_[mine.shard];
    it.recorded_at = now_;
    it.event_id = stele::make_uuid_v7(now_, random_(), random_());
    it.command_id = stele::make_uuid_v7(now_, random_(), random_());
    it.command_digest = it.command_id;
    it.type = mine.version == 1 ? "order_created" : "order_item_added";
    it.payload = mine.version == 1 ? created_ : add_body;
  }

  void begin(order& it) {
    it.version = 0;
    do it.stream_id = "order-" + std::to_string(named_ * 7919 % open_.size()) + "." + std::to_string(named_);
    while (++named_, (it.shard = stele::shard_of(it.stream_id, shards)) % lanes_ != lane_);
  }

  const std::uint32_t lane_, lanes_;
  std::vector<order> open_;
  std::vector<stele::shard_position> heads_;
  std::mt19937_64 random_;
  std::size_t turn_ = 0, named_ = 0;
  double owed_ = 0;
  const stele::unix_ms now_ = 1'700'000'000'000;
  const std::string created_ = create_body(1);
  std::vector<stele::recorded_event> batch_;
};

} // namespace bench
