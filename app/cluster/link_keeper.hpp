// Keeps a connection to every peer: dials, pauses between failures, replaces what was lost, tells how it goes.
#pragma once

#include "app/cluster/dial_plan.hpp"
#include "app/cluster/link_limits.hpp"
#include "app/cluster/peer_connection.hpp"
#include "app/gateway/dialer.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stele::cluster {

// To the keeper.
struct keep_peers {
  std::vector<std::pair<node_number, std::string>> peers; ///< With their addresses.
};
struct tell_news {
  std::function<void(link_news)> tell;
};
struct probe_peer {
  node_number peer = 0;
};
struct reach_peer {
  node_number peer = 0;
  std::string address;
  std::int64_t until_us = 0; ///< Steady clock.
  std::function<void(reached)> reply;
};

/// A call that has ended. Hangs up if nobody takes it.
struct ended_call {
  explicit ended_call(gateway::dial_result it) : how(std::move(it)) {}
  ~ended_call();
  gateway::dial_result how;
  bool taken = false;
};
struct dial_ended {
  node_number peer = 0;
  std::uint64_t call = 0;
  std::shared_ptr<ended_call> it;
};

// To itself, later.
struct dial_again {
  node_number peer = 0;
  std::uint64_t call = 0;
};
struct look_at_waiting {
  node_number peer = 0;
};

/// What the keeper and the link share.
struct link_parts {
  link_parts(const cluster_settings& numbers, peer_identity who, security::caf_tls_ptr with)
      : settings(numbers), self(who), tls(std::move(with)), outboxes(numbers.requests_max + numbers.queue_max),
        dialer(std::make_unique<gateway::dialer>(numbers.handshake_ms_max, peer_connections_max)) {}

  const cluster_settings settings;
  const peer_identity self;
  const security::caf_tls_ptr tls; ///< Null: plain.
  outbox_table outboxes;
  std::unique_ptr<gateway::dialer> dialer; ///< Gone before the actor system is.
};

/// One for all peers. Spawns the actor of each connection; no request passes through it.
class link_keeper : public caf::event_based_actor {
public:
  link_keeper(caf::actor_config& config, std::shared_ptr<link_parts> parts, caf::actor basp_broker);
  const char* name() const override { return "stele.link_keeper"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  enum class phase { pausing, dialing, shaking, up };

  struct peer {
    std::string address;
    bool wanted = true;             ///< Else it was only to be reached.
    std::int64_t kept_until_us = 0; ///< When it is not wanted.
    phase at = phase::pausing;
    std::uint64_t call = 0; ///< Number of the present call, pause or connection.
    caf::actor connection;
    dial_plan plan;
    std::int64_t up_since_us = 0;
    std::string fault = "there was no time to try";
    std::optional<bool> told; ///< What was told last: connected or not.
    std::vector<reach_peer> waiting;
  };

  void keep(const keep_peers& it);
  void want(node_number number, const std::string& address);
  void drop(node_number number);
  void reach(reach_peer it);
  void probe(const probe_peer& it);
  void dial(node_number number, peer& it);
  void hear(const dial_ended& it);
  void hear(const connection_up& it);
  void hear(const connection_lost& it);
  void failed(node_number number, peer& it, std::string why, bool refused);
  void give_up_waiting(node_number number);
  void tell(node_number number, peer& it, bool connected);
  peer* find(node_number number, std::uint64_t call);

  std::shared_ptr<link_parts> parts_;
  caf::actor broker_;
  std::function<void(link_news)> tell_;
  std::map<node_number, peer> peers_;
  std::uint64_t last_call_ = 0;
};

} // namespace stele::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::keep_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::tell_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::probe_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::reach_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::dial_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::dial_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::cluster::look_at_waiting)
