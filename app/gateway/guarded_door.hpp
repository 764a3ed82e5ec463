// A port for CAF connections, behind the guard: what the doors for clients and for other nodes have in common.
#pragma once

#include "app/gateway/acceptor.hpp"
#include "app/gateway/door_counts.hpp"
#include "app/gateway/frame_actor.hpp"
#include "app/gateway/guarded_scribe.hpp"
#include "app/gateway/settings.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stele::gateway {

/// Who a door lets in, and the words for it.
struct door_guests {
  std::string section;       ///< Of the settings: `gateway`.
  security::caf_tls_ptr tls; ///< Null: whoever is on this machine.
  security::caf_tls_words tls_words;
};

/// Has an actor system of its own, in which it makes one actor: the only one that a peer can name.
class guarded_door {
public:
  using make_actor = std::function<caf::actor(caf::actor_system&)>;

  /// The actor is a `frame_actor` that shares `shared` with this door.
  guarded_door(const gateway_settings& settings, door_guests guests, std::shared_ptr<door_parts> shared,
               const make_actor& make);
  ~guarded_door() { stop(); }
  guarded_door(const guarded_door&) = delete;
  guarded_door& operator=(const guarded_door&) = delete;

  /// Nothing, or a sentence.
  std::optional<std::string> listen() { return in_.listen(settings_.address, settings_.port); }

  std::uint16_t port() const { return in_.port(); }
  const caf::actor& served() const { return actor_; }
  door_counts counts() const;

  void stop_accepting() { in_.stop(); }

  /// Stops accepting, lets the actor answer what is open, waits up to a second until the answers have left, and closes
  /// all connections. Blocks; the second call does nothing.
  void stop();

private:
  struct system_config : caf::actor_system_config {
    explicit system_config(const gateway_settings& settings);
  };

  void admit(connection it);
  void wait_for_answers();

  const gateway_settings settings_;
  std::shared_ptr<door_parts> shared_;
  std::shared_ptr<watchdog> dog_;
  system_config config_;
  caf::actor_system system_;
  caf::actor actor_;
  caf::actor broker_;
  filter_rules rules_;
  io_thread io_;
  acceptor in_;
  bool stopped_ = false;
};

} // namespace stele::gateway
