#include "app/cluster/cluster_door.hpp"

#include "app/cluster/cluster_tls.hpp"
#include "app/cluster/link_limits.hpp"
#include "app/cluster/peer_door_actor.hpp"
#include "app/gateway/guarded_door.hpp"

#include <caf/send.hpp>

namespace stele::cluster {

namespace {

/// The guard's own numbers for a peer, which is a node of ours behind a network of ours.
gateway_settings guard_of(const cluster_settings& it) {
  gateway_settings guard;
  guard.address = it.address;
  guard.port = it.port;
  guard.connections_max = peer_connections_max;
  guard.handshakes_max = handshakes_max;
  guard.connects_per_minute_max = connects_per_minute_max;
  guard.requests_max = it.requests_max;
  guard.frame_bytes_max = it.frame_bytes_max;
  guard.frames_per_second_max = frames_per_second_max;
  guard.frames_burst_max = frames_per_second_max;
  guard.write_buffer_bytes_max = write_buffer_bytes_max(it);
  guard.handshake_ms_max = it.handshake_ms_max;
  guard.partial_frame_ms_max = it.silence_ms_max;
  guard.silence_ms_max = it.silence_ms_max;
  return guard;
}

} // namespace

struct cluster_door::parts {
  parts(const cluster_settings& numbers, peer_identity who, security::caf_tls_ptr tls)
      : settings(numbers), shared(std::make_shared<peer_door_parts>(numbers, who)),
        guarded(guard_of(numbers), {"cluster", std::move(tls), tls_words()}, shared,
                [this](caf::actor_system& system) { return caf::actor{system.spawn<peer_door_actor>(shared)}; }) {}

  const cluster_settings settings;
  std::shared_ptr<peer_door_parts> shared;
  gateway::guarded_door guarded;
};

cluster_door::cluster_door(std::unique_ptr<parts> parts) : parts_(std::move(parts)) {}
cluster_door::~cluster_door() { stop(); }

std::uint16_t cluster_door::port() const { return parts_->guarded.port(); }

std::string cluster_door::address() const {
  const auto& settings = parts_->settings;
  if (!settings.advertise.empty()) return settings.advertise;
  const bool is_v6 = settings.address.find(':') != std::string::npos;
  return (is_v6 ? "[" + settings.address + "]" : settings.address) + ":" + std::to_string(port());
}

gateway::door_counts cluster_door::counts() const { return parts_->guarded.counts(); }

void cluster_door::serve(cluster_calls calls) {
  caf::anon_send(parts_->guarded.served(), start_serving{std::move(calls)});
}

void cluster_door::stop() { parts_->guarded.stop(); }

std::variant<std::unique_ptr<cluster_door>, std::string>
open_cluster_door(const cluster_settings& settings, peer_identity self, security::caf_tls_ptr tls) {
  if (tls && settings.advertise.empty() && (settings.address == "0.0.0.0" || settings.address == "::"))
    return "cluster.address is " + settings.address +
           ", which tells other nodes no way to this one. Set cluster.advertise to HOST:PORT as they reach it.";
  auto parts = std::make_unique<cluster_door::parts>(settings, self, std::move(tls));
  auto why = parts->guarded.listen();
  std::unique_ptr<cluster_door> opened{new cluster_door{std::move(parts)}};
  if (why) return std::move(*why);
  return opened;
}

} // namespace stele::cluster
