// The one actor that clients can reach: takes frames, asks the node, answers every one of them.
#pragma once

#include "app/gateway/answer_box.hpp"
#include "app/gateway/frame.hpp"
#include "app/gateway/node_calls.hpp"
#include "app/gateway/protocol.hpp"
#include "app/gateway/settings.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/node_id.hpp>
#include <caf/response_promise.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>

namespace stele::gateway {

/// To the gateway's actor: answer what is open, refuse what comes, then call.
struct close_gateway {
  std::function<void()> closed;
};

/// To itself, while requests are open: has one of them waited too long?
struct look_for_overdue {};

/// What the door and its actor share.
struct gateway_parts {
  gateway_parts(const gateway_settings& numbers, node_calls calls) : settings(numbers), node(std::move(calls)) {}

  const gateway_settings settings;
  const node_calls node;
  answer_box answers;
  std::atomic<std::uint64_t> requests{0}; ///< Taken so far.
};

/// Decodes requests, holds their promises, and answers each exactly once: with the node's answer; at once, when the
/// request is malformed or its client has too many open; and some time after its deadline, should the node never
/// answer.
class gateway_actor : public caf::event_based_actor {
public:
  gateway_actor(caf::actor_config& config, std::shared_ptr<gateway_parts> parts);
  const char* name() const override { return "stele.gateway"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct open_request {
    caf::response_promise promise;
    caf::node_id client;
    unix_ms overdue_at = 0;
    bool is_command = false;
  };

  caf::result<frame> take(const frame& bytes);
  caf::result<frame> begin(stele::request it);
  void pass_on(std::uint64_t number, command_request it);
  void pass_on(std::uint64_t number, lookup_request it);
  void pass_on(std::uint64_t number, query_request it);
  void pass_on(std::uint64_t number, state_request it);
  void pass_on(std::uint64_t number, all_events_request it);
  void pass_on(std::uint64_t number, hello_request it);
  template <class Request>
  void ask(std::uint64_t number, Request it);

  void deliver_waiting();
  void deliver(std::uint64_t number, frame answer);
  void look_around();
  void close(const close_gateway& it);
  server_info introduce() const;
  std::int64_t bounded(std::uint32_t timeout_ms) const;
  std::function<void(const stele::response&)> answer_of(std::uint64_t number) const;

  std::shared_ptr<gateway_parts> parts_;
  std::unordered_map<std::uint64_t, open_request> open_;
  std::unordered_map<caf::node_id, std::size_t> open_by_client_;
  std::uint64_t last_number_ = 0;
  bool looking_around_ = false;
  bool closing_ = false;
};

} // namespace stele::gateway

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::gateway::close_gateway)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::gateway::look_for_overdue)
