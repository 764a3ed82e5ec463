#include "app/gateway/door.hpp"

#include "app/gateway/acceptor.hpp"
#include "app/gateway/gateway_actor.hpp"
#include "app/gateway/guarded_scribe.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/send.hpp>

#include <future>

namespace stele::gateway {

namespace {

/// Of a BASP payload, beside the bytes of the frame in it.
constexpr std::size_t basp_overhead_max = 64;

struct gateway_config : caf::actor_system_config {
  explicit gateway_config(const gateway_settings& settings) {
    prepare_system(*this, settings.silence_ms_max);
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", settings.threads);
    set("scheduler.max-throughput", std::size_t{300});
  }
};

filter_rules rules_of(const gateway_settings& settings, caf::actor_system& system, const caf::actor& gateway) {
  filter_rules rules;
  rules.payload_bytes_max = static_cast<std::uint32_t>(settings.frame_bytes_max + basp_overhead_max);
  rules.self = wire_node(system);
  rules.published = gateway.id();
  rules.sources_max = settings.sources_max;
  rules.requests_max = 2 * settings.requests_max;
  rules.frames_per_second = settings.frames_per_second_max;
  rules.frames_burst = settings.frames_burst_max;
  rules.nodes = std::make_shared<node_table>();
  return rules;
}

const security::caf_tls_words tls_words{"gateway.certificate", "gateway.private-key", "gateway.client-authority",
                                        "gateway.client-names", "stele certs FOLDER --node NAME --client NAME"};

acceptor_rules acceptor_rules_of(const gateway_settings& settings, security::caf_tls_ptr tls) {
  return {"gateway", settings.connections_max, std::move(tls),
          tls_words, settings.handshakes_max,  settings.connects_per_minute_max};
}

} // namespace

struct door::parts {
  parts(const gateway_settings& settings, security::caf_tls_ptr tls, node_calls node)
      : shared(std::make_shared<gateway_parts>(settings, std::move(node))),
        dog(std::make_shared<watchdog>(settings.handshake_ms_max, settings.partial_frame_ms_max)), config(settings),
        system(config), gateway(system.spawn<gateway_actor>(shared)), broker(basp_broker_of(system)),
        rules(rules_of(settings, system, gateway)), io(dog),
        in(io, acceptor_rules_of(settings, std::move(tls)), [this](connection it) { admit(std::move(it)); }) {
    forget_actor_system();
    shared->answers.open(gateway);
  }

  /// In the thread of `io`.
  void admit(connection it) {
    guarded_connection guarded{
        it.socket, rules, std::move(it.held_by), dog, shared->settings.write_buffer_bytes_max, std::move(it.session)};
    serve(broker, make_guarded_scribe(system, std::move(guarded)), in.port(), gateway);
  }

  void close() {
    in.stop();
    wait_for_answers();
    dog->wait_answered(std::chrono::seconds{1});
    io.stop();
    dog->cut_all();
    caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
    gateway = nullptr;
    broker = nullptr;
  }

  /// The message alone holds the promise: should the actor be gone, the message goes too, and the wait ends.
  void wait_for_answers() {
    auto closed = std::make_shared<std::promise<void>>();
    const auto done = closed->get_future();
    caf::anon_send(gateway, close_gateway{[kept = std::move(closed)] { kept->set_value(); }});
    done.wait();
  }

  std::shared_ptr<gateway_parts> shared;
  std::shared_ptr<watchdog> dog;
  gateway_config config;
  caf::actor_system system;
  caf::actor gateway;
  caf::actor broker;
  filter_rules rules;
  io_thread io;
  acceptor in;
  bool stopped = false;
};

door::door(std::unique_ptr<parts> parts) : parts_(std::move(parts)) {}
door::~door() { stop(); }

std::uint16_t door::port() const { return parts_->in.port(); }

door_counts door::counts() const {
  auto& dog = *parts_->dog;
  const auto& counts = dog.counts;
  return {dog.connections(), counts.accepted,     counts.refused,           counts.handshakes_failed,  counts.too_often,
          counts.late,       counts.slow_readers, parts_->shared->requests, counts.refused_by_reason()};
}

void door::stop_accepting() { parts_->in.stop(); }

void door::stop() {
  if (parts_->stopped) return;
  parts_->stopped = true;
  parts_->close();
}

std::variant<std::unique_ptr<door>, std::string> open_door(const gateway_settings& settings, node_calls node) {
  auto tls = security::make_caf_tls(settings.tls, tls_words);
  if (!tls) return "The gateway: " + tls.error().what + '.';
  auto parts = std::make_unique<door::parts>(settings, std::move(*tls), std::move(node));
  auto why = parts->in.listen(settings.address, settings.port);
  std::unique_ptr<door> opened{new door{std::move(parts)}};
  if (why) return std::move(*why);
  return opened;
}

} // namespace stele::gateway
