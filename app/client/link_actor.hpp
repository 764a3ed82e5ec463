// One connection to a server, from its handshake to its end. It alone holds the handle of the server's actor.
#pragma once

#include "app/gateway/frame.hpp"
#include "app/gateway/guarded_scribe.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/scribe.hpp>

#include <cstdint>
#include <string>

namespace stele {

/// From the link to its owner.
struct link_up {
  std::uint64_t link = 0;
};
struct link_lost {
  std::uint64_t link = 0;
  std::string why;
};
struct from_server {
  std::uint64_t link = 0;
  std::uint64_t request = 0;
  frame bytes;
};

/// From the owner to the link.
struct to_server {
  std::uint64_t request = 0;
  frame bytes;
};

/// A handle of a lost connection is dead for ever, even when the peer is back, and CAF never answers what was under
/// way. So a connection has an actor: it says `link_up`, passes frames both ways, says `link_lost` once and is gone,
/// and with it everything that waited for an answer. The owner makes another.
class link_actor : public caf::event_based_actor {
public:
  /// `number` tells the owner's links apart.
  link_actor(caf::actor_config& config, caf::actor owner, std::uint64_t number, caf::actor basp_broker,
             caf::io::scribe_ptr connection, std::int64_t handshake_ms_max);
  const char* name() const override { return "stele.link"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void shake_hands();
  void pass(const to_server& it);
  void lose(std::string why);

  caf::actor owner_;
  const std::uint64_t number_;
  caf::actor broker_;
  caf::io::scribe_ptr connection_;
  const std::int64_t handshake_ms_max_;
  caf::actor server_;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::link_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::link_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::from_server)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::to_server)
