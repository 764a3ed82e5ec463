#include "app/client/link_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

#include <set>
#include <utility>

namespace stele {

link_actor::link_actor(caf::actor_config& config, caf::actor owner, std::uint64_t number, caf::actor basp_broker,
                       caf::io::scribe_ptr connection, std::int64_t handshake_ms_max)
    : caf::event_based_actor(config), owner_(std::move(owner)), number_(number), broker_(std::move(basp_broker)),
      connection_(std::move(connection)), handshake_ms_max_(handshake_ms_max) {}

caf::behavior link_actor::make_behavior() {
  set_default_handler(caf::drop);
  set_down_handler([this](caf::down_msg& it) { lose("The connection was lost: " + system().render(it.reason) + "."); });
  monitor(owner_);
  shake_hands();
  return {[this](const to_server& it) { pass(it); }};
}

void link_actor::on_exit() {
  owner_ = nullptr;
  broker_ = nullptr;
  server_ = nullptr;
  connection_.reset();
}

void link_actor::shake_hands() {
  constexpr std::uint16_t any_key = 1;
  request(broker_, std::chrono::milliseconds{handshake_ms_max_}, caf::connect_atom_v, std::move(connection_), any_key)
      .then(
          [this](const caf::node_id&, const caf::strong_actor_ptr& server, const std::set<std::string>&) {
            if (!server) return lose("The server publishes nothing.");
            server_ = caf::actor_cast<caf::actor>(server);
            monitor(server_);
            send(owner_, link_up{number_});
          },
          [this](const caf::error& why) { lose("The handshake failed: " + system().render(why) + "."); });
}

/// Without a time limit of its own: the owner has one for every request, and a lost connection ends this actor.
void link_actor::pass(const to_server& it) {
  if (!server_) return;
  request(server_, caf::infinite, it.bytes)
      .then(
          [this, asked = it.request](const frame& bytes) {
            send(owner_, from_server{number_, asked, bytes});
          },
          [this](const caf::error& why) { lose("A request failed: " + system().render(why) + "."); });
}

void link_actor::lose(std::string why) {
  send(owner_, link_lost{number_, std::move(why)});
  quit();
}

} // namespace stele
