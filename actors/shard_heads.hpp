// How far each shard is durable: written by the lanes, read by whoever must know whether something is missing.
#pragma once

#include "persistence/identifiers.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace stele {

/// The last committed position of each shard. One writer a shard (its lane); any thread reads.
class shard_heads {
public:
  explicit shard_heads(std::uint32_t shards) : size_(shards), at_(new std::atomic<shard_position>[shards]()) {}

  std::uint32_t size() const { return size_; }
  shard_position operator[](shard_number shard) const { return at_[shard].load(std::memory_order_acquire); }
  void advance(shard_number shard, shard_position to) { at_[shard].store(to, std::memory_order_release); }

private:
  std::uint32_t size_;
  std::unique_ptr<std::atomic<shard_position>[]> at_;
};

} // namespace stele
