// The link actor of one peer: one connection, from its handshake to its end. It alone holds the peer's handle.
#pragma once

#include "app/cluster/peer_outbox.hpp"
#include "app/cluster/settings.hpp"
#include "app/gateway/frame.hpp"
#include "app/gateway/watchdog.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/scribe.hpp>

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace stele::cluster {

/// From the connection to its keeper.
struct connection_up {
  node_number peer = 0;
  std::uint64_t connection = 0;
};
struct connection_lost {
  node_number peer = 0;
  std::uint64_t connection = 0;
  std::string why;
  bool replaced = false; ///< Another node of this store answers at the peer's address.
};

/// To itself, while requests are open: has one of them waited too long?
struct look_for_late {};

/// What a connection is made of.
struct connection_parts {
  node_number peer = 0;
  std::uint64_t connection = 0; ///< Tells the connections of one keeper apart.
  peer_identity self;
  cluster_settings settings;
  caf::actor basp_broker;
  caf::io::scribe_ptr scribe;
  std::shared_ptr<gateway::leash> socket;
  outbox_ptr outbox;
};

/// A handle of a lost connection is dead for ever, even when the peer is back, and CAF never answers what was under
/// way. So a connection has an actor: it says hello, opens the outbox, sends within its window, and when the connection
/// ends it answers all that is open, says `connection_lost` and is gone.
class peer_connection : public caf::event_based_actor {
public:
  peer_connection(caf::actor_config& config, caf::actor keeper, connection_parts parts);
  const char* name() const override { return "stele.peer_link"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct under_way {
    std::function<void(std::variant<peer_response, link_fault>)> done; ///< Empty: given up.
    std::size_t bytes = 0;
    std::int64_t give_up_us = 0;
  };

  void shake_hands();
  void say_hello();
  void hear_welcome(const frame& bytes);
  void pump();
  bool may_send(const outgoing& it) const;
  void send_out(outgoing it);
  void finish(std::uint64_t number, const frame& bytes);
  void answer(outgoing& it, std::variant<peer_response, link_fault> how);
  void look_around();
  void lose(std::string why, bool replaced = false);
  void answer_all();

  caf::actor keeper_;
  connection_parts parts_;
  caf::actor peer_;
  bool ended_ = false;
  std::size_t window_, frame_bytes_max_; ///< The lesser of what both sides take.
  std::deque<outgoing> waiting_;
  std::unordered_map<std::uint64_t, under_way> under_way_;
  std::size_t bytes_under_way_ = 0;
  std::uint64_t last_number_ = 0;
  bool looking_around_ = false;
};

} // namespace stele::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::connection_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::connection_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::look_for_late)
