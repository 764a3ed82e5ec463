// The one actor that others can reach through a door: takes frames and answers every one of them.
#pragma once

#include "actors/clock.hpp"
#include "app/gateway/answer_box.hpp"
#include "app/gateway/frame.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/node_id.hpp>
#include <caf/response_promise.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace stele::gateway {

/// To the door's actor: answer what is open, refuse what comes, then call.
struct close_door {
  std::function<void()> closed;
};

/// To itself, while requests are open: has one of them waited too long?
struct look_for_overdue {};

/// What a door and its actor share.
struct door_parts {
  answer_box answers;
  std::atomic<std::uint64_t> requests{0}; ///< Taken so far.
};

/// Holds the promises of requests and answers each exactly once: with what is put into the box, or, at the latest some
/// time after its deadline, by itself. What frames mean is for those who derive from it.
class frame_actor : public caf::event_based_actor {
public:
  /// `requests_max`: open requests of one caller.
  frame_actor(caf::actor_config& config, std::shared_ptr<door_parts> door, stele::clock& time,
              std::size_t requests_max);
  caf::behavior make_behavior() override;
  void on_exit() override;

protected:
  struct opened_request {
    std::uint64_t number; ///< By which its answer is put into the box.
    caf::response_promise promise;
  };

  /// Answers a frame at once, or opens a request for it and sees to it that an answer comes into the box.
  virtual caf::result<frame> take(const frame& bytes) = 0;

  // What is said for the node when it can't answer any more, or did not in time.
  virtual frame leaving(bool is_command) const = 0;
  virtual frame overdue(bool is_command) const = 0;

  /// Nothing: the caller has too many open.
  std::optional<opened_request> open(std::int64_t answer_ms_max, bool is_command);

  bool closing() const { return closing_; }

private:
  struct open_request {
    caf::response_promise promise;
    caf::node_id caller;
    unix_ms overdue_at = 0;
    bool is_command = false;
  };

  void deliver_waiting();
  void deliver(std::uint64_t number, frame answer);
  void look_around();
  void close(const close_door& it);

  std::shared_ptr<door_parts> door_;
  stele::clock& time_;
  const std::size_t requests_max_;
  std::unordered_map<std::uint64_t, open_request> open_;
  std::unordered_map<caf::node_id, std::size_t> open_by_caller_;
  std::uint64_t last_number_ = 0;
  bool looking_around_ = false;
  bool closing_ = false;
};

} // namespace stele::gateway

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::gateway::close_door)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::gateway::look_for_overdue)
