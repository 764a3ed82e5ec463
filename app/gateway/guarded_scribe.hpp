// Gives a connected socket to CAF, with the filter in its read path. All that this project does with BASP is here.
#pragma once

#include "app/gateway/basp_filter.hpp"
#include "app/gateway/watchdog.hpp"
#include "app/security/tls_session.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/io/fwd.hpp>
#include <caf/io/scribe.hpp>

#include <cstddef>
#include <memory>

namespace stele::gateway {

/// One connection on its way to CAF.
struct guarded_connection {
  int socket = -1; ///< Connected and non-blocking. The scribe closes it.
  filter_rules rules;
  std::shared_ptr<leash> held_by;
  std::shared_ptr<watchdog> dog; ///< Whose counters are used.
  std::size_t write_buffer_bytes_max = 8 << 20;
  std::shared_ptr<security::tls_session> session = nullptr; ///< Its handshake is done. Null: plain.
};

/// CAF's end of a connection: what it reads has passed the filter.
caf::io::scribe_ptr make_guarded_scribe(caf::actor_system& system, guarded_connection it);

/// The actor of CAF that speaks BASP.
caf::actor basp_broker_of(caf::actor_system& system);

/// The node id of `system` as it goes over the wire.
node_bytes wire_node(caf::actor_system& system);

/// Serves `published` on an accepted connection. `key` is only a key: no port is opened.
void serve(const caf::actor& basp_broker, caf::io::scribe_ptr connection, std::uint16_t key,
           const caf::actor& published);

/// What an actor system needs to use guarded connections: the network module, our message type, heartbeats.
/// `silence_ms_max`: a peer that sends nothing for so long is gone.
void prepare_system(caf::actor_system_config& config, std::int64_t silence_ms_max);

/// Lets go what CAF keeps in a thread that spawned an actor: a system waits at its end until no thread keeps it, so a
/// thread that outlives a system calls this after spawning.
void forget_actor_system();

} // namespace stele::gateway
