// The actor of the gateway: reads the requests of clients, asks the node, writes its answers.
#pragma once

#include "app/gateway/frame_actor.hpp"
#include "app/gateway/node_calls.hpp"
#include "app/gateway/protocol.hpp"
#include "app/gateway/settings.hpp"

#include <functional>
#include <memory>

namespace stele::gateway {

/// What the gateway's door and its actor share.
struct gateway_parts : door_parts {
  gateway_parts(const gateway_settings& numbers, node_calls calls) : settings(numbers), node(std::move(calls)) {}

  const gateway_settings settings;
  const node_calls node;
};

/// Answers at once what is malformed, and a client that has too many requests open; all else goes to the node.
class gateway_actor : public frame_actor {
public:
  gateway_actor(caf::actor_config& config, std::shared_ptr<gateway_parts> parts);
  const char* name() const override { return "stele.gateway"; }

private:
  caf::result<frame> take(const frame& bytes) override;
  frame leaving(bool is_command) const override;
  frame overdue(bool is_command) const override;

  caf::result<frame> begin(stele::request it);
  void pass_on(std::uint64_t number, command_request it);
  void pass_on(std::uint64_t number, lookup_request it);
  void pass_on(std::uint64_t number, query_request it);
  void pass_on(std::uint64_t number, state_request it);
  void pass_on(std::uint64_t number, all_events_request it);
  void pass_on(std::uint64_t number, hello_request it);
  template <class Request>
  void ask(std::uint64_t number, Request it);

  server_info introduce() const;
  std::int64_t bounded(std::uint32_t timeout_ms) const;
  std::function<void(const stele::response&)> answer_of(std::uint64_t number) const;

  std::shared_ptr<gateway_parts> parts_;
};

} // namespace stele::gateway
