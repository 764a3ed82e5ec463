// Lets a store's answer go on inside the actor that asked.
#pragma once

#include "persistence/store_error.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace stele {

/// What an actor does next; travels to it as a message, so it may touch the actor's members.
struct continuation {
  std::shared_ptr<std::function<void()>> run;
};

/// Makes the `reply_to` of a store call: `then` gets the answer inside `self`, or never if `self` is gone by then.
template <class T, class Then>
reply_to<T> answer_in(caf::event_based_actor* self, Then then) {
  return [to = caf::actor_cast<caf::actor>(self), then = std::move(then)](stored<T> answer) {
    auto next = [then, answer = std::move(answer)]() mutable { then(std::move(answer)); };
    caf::anon_send(to, continuation{std::make_shared<std::function<void()>>(std::move(next))});
  };
}

/// Runs `then` inside `self`, after what is in its mailbox already.
inline void run_soon(const caf::actor& self, std::function<void()> then) {
  caf::anon_send(self, continuation{std::make_shared<std::function<void()>>(std::move(then))});
}

/// Runs `then` inside `self` after a pause. It can't be called back: let `then` find out whether it is still wanted.
inline void run_later(caf::event_based_actor* self, std::int64_t pause_ms, std::function<void()> then) {
  self->delayed_send(self, std::chrono::milliseconds(pause_ms),
                     continuation{std::make_shared<std::function<void()>>(std::move(then))});
}

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::continuation)
