// Store in memory: for tests, simulation and trials. Gone with the process.
#pragma once

#include "persistence/memory/memory_disk.hpp"
#include "persistence/store.hpp"

namespace stele {

/// Runs an answer: at once, later, in another order, or never.
using reply_executor = std::function<void(std::function<void()>)>;

/// How a memory store is made. Deterministic: each call does its work in the calling thread.
struct memory_options {
  std::shared_ptr<memory_disk> disk; ///< Null: a new one with `shards` and `lanes`.
  std::uint32_t shards = 64;
  std::uint32_t lanes = 1;
  reply_executor reply_through; ///< Empty: `reply_to` is called before the call that asked returns.
};

/// Makes a memory store. A second one on the same disk fences the first.
std::unique_ptr<store> make_memory_store(memory_options options = {});

} // namespace stele
