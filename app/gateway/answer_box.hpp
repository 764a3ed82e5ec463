// Brings answers, which come from any thread, to the gateway's actor: many with one message.
#pragma once

#include "app/gateway/frame.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace stele::gateway {

/// To the gateway's actor: answers wait in the box.
struct answers_wait {};

/// Answers on their way. The first one wakes the actor; those that come before it runs travel with it.
class answer_box {
public:
  using answers = std::vector<std::pair<std::uint64_t, frame>>; ///< By the gateway's number of the request.

  void open(caf::actor gateway);
  void close(); ///< Answers are dropped from now on, and the actor is let go.

  void put(std::uint64_t request, frame answer); ///< From any thread.
  answers take();                                ///< From the actor.

private:
  std::mutex mutex_;
  caf::actor gateway_;
  answers waiting_;
};

} // namespace stele::gateway

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::gateway::answers_wait)
