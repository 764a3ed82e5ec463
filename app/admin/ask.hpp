// Calls an asynchronous port and waits for the answer: for commands that own their store and their thread.
#pragma once

#include "persistence/store_error.hpp"

#include <future>
#include <memory>
#include <utility>

namespace stele::admin {

/// `ask<std::uint32_t>([&](auto reply) { views.begin_rebuild(serving, reply); })`. Blocks; not from a store's own
/// threads.
template <class T, class Call>
stored<T> ask(Call&& call) {
  auto promise = std::make_shared<std::promise<stored<T>>>();
  auto answer = promise->get_future();
  std::forward<Call>(call)(reply_to<T>([promise](stored<T> it) { promise->set_value(std::move(it)); }));
  return answer.get();
}

} // namespace stele::admin
