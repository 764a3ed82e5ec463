// Who owns each shard, as far as this node knows: written by one actor, read by everyone, without a lock.
#pragma once

#include "persistence/membership_store.hpp"

#include <atomic>
#include <limits>
#include <memory>

namespace stele {

/// What is not divided by shards, as a view over all of them, is done by the node that owns this one.
inline constexpr shard_number home_shard = 0;

/// Only a hint: what a node must know for certain, the fence of its lane proves. Any thread reads; one writes.
class shard_map {
public:
  /// Of a node that is alone: every shard is its own, for ever.
  explicit shard_map(std::uint32_t shards) : shard_map(shards, 1) {
    for (std::uint32_t shard = 0; shard < size_; ++shard) set(shard, me_);
    prove_until(std::numeric_limits<std::int64_t>::max());
  }

  /// Of one node of several: no owner is known yet.
  shard_map(std::uint32_t shards, node_number me)
      : size_(shards), me_(me), owners_(new std::atomic<node_number>[shards]()) {}

  std::uint32_t size() const { return size_; }
  node_number me() const { return me_; }

  /// 0: unknown, or on its way from one node to another.
  node_number owner(shard_number shard) const { return owners_[shard].load(std::memory_order_acquire); }
  bool is_mine(shard_number shard) const { return owner(shard) == me_; }

  /// Whether nobody else can have taken a shard of this node over yet, at a moment of the steady clock.
  bool is_proven(std::int64_t now_us) const { return now_us < proven_until_us_.load(std::memory_order_acquire); }

  void set(shard_number shard, node_number owner) { owners_[shard].store(owner, std::memory_order_release); }
  void prove_until(std::int64_t us) { proven_until_us_.store(us, std::memory_order_release); }

private:
  const std::uint32_t size_;
  const node_number me_;
  std::unique_ptr<std::atomic<node_number>[]> owners_;
  std::atomic<std::int64_t> proven_until_us_{0};
};

} // namespace stele
