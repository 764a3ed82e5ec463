// The actor of the door for other nodes: reads their requests, asks the node, writes its answers.
#pragma once

#include "app/cluster/cluster_calls.hpp"
#include "app/cluster/peer_protocol.hpp"
#include "app/cluster/settings.hpp"
#include "app/gateway/frame_actor.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>

namespace stele::cluster {

/// From the door: the node is there.
struct start_serving {
  cluster_calls calls;
};

/// What the door and its actor share.
struct peer_door_parts : gateway::door_parts {
  peer_door_parts(const cluster_settings& numbers, peer_identity who) : settings(numbers), self(who) {}

  const cluster_settings settings;
  const peer_identity self;
};

/// Serves those who said hello as a node of the same history. Everything else is answered with a sentence.
class peer_door_actor : public gateway::frame_actor {
public:
  peer_door_actor(caf::actor_config& config, std::shared_ptr<peer_door_parts> parts);
  const char* name() const override { return "stele.peer_door"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  caf::result<frame> take(const frame& bytes) override;
  frame leaving(bool is_command) const override;
  frame overdue(bool is_command) const override;

  caf::result<frame> begin(peer_request it);
  frame meet(const peer_hello& it);
  frame refuse_new(const peer_request& it) const;
  void pass_on(std::uint64_t number, peer_hello);
  void pass_on(std::uint64_t number, forwarded_command it);
  void pass_on(std::uint64_t number, forwarded_lookup it);
  void pass_on(std::uint64_t number, asked_question it);
  std::function<void(const peer_response&)> answer_of(std::uint64_t number) const;
  caf::actor_addr caller();

  std::shared_ptr<peer_door_parts> parts_;
  std::optional<cluster_calls> node_;
  std::unordered_set<caf::actor_addr> met_; ///< Who said hello: the link actors of peers, until they are gone.
};

} // namespace stele::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::start_serving)
