#include "app/gateway/guarded_door.hpp"

#include "actors/scheduler.hpp"

#include <caf/send.hpp>

#include <future>

namespace stele::gateway {

namespace {

/// Of a BASP payload, beside the bytes of the frame in it.
constexpr std::size_t basp_overhead_max = 64;

filter_rules rules_of(const gateway_settings& settings, caf::actor_system& system, const caf::actor& served) {
  filter_rules rules;
  rules.payload_bytes_max = static_cast<std::uint32_t>(settings.frame_bytes_max + basp_overhead_max);
  rules.self = wire_node(system);
  rules.published = served.id();
  rules.sources_max = settings.sources_max;
  rules.requests_max = 2 * settings.requests_max;
  rules.frames_per_second = settings.frames_per_second_max;
  rules.frames_burst = settings.frames_burst_max;
  rules.nodes = std::make_shared<node_table>();
  return rules;
}

acceptor_rules acceptor_rules_of(const gateway_settings& settings, door_guests guests) {
  return {std::move(guests.section),   settings.connections_max, std::move(guests.tls),
          std::move(guests.tls_words), settings.handshakes_max,  settings.connects_per_minute_max};
}

} // namespace

guarded_door::system_config::system_config(const gateway_settings& settings) {
  prepare_system(*this, settings.silence_ms_max);
  use_own_scheduler(*this, settings.threads);
}

guarded_door::guarded_door(const gateway_settings& settings, door_guests guests, std::shared_ptr<door_parts> shared,
                           const make_actor& make)
    : settings_(settings), shared_(std::move(shared)),
      dog_(std::make_shared<watchdog>(settings.handshake_ms_max, settings.partial_frame_ms_max)), config_(settings),
      system_(config_), actor_(make(system_)), broker_(basp_broker_of(system_)),
      rules_(rules_of(settings, system_, actor_)), io_(dog_),
      in_(io_, acceptor_rules_of(settings, std::move(guests)), [this](connection it) { admit(std::move(it)); }) {
  forget_actor_system();
  shared_->answers.open(actor_);
}

/// In the thread of `io_`.
void guarded_door::admit(connection it) {
  guarded_connection guarded{
      it.socket, rules_, std::move(it.held_by), dog_, settings_.write_buffer_bytes_max, std::move(it.session)};
  serve(broker_, make_guarded_scribe(system_, std::move(guarded)), in_.port(), actor_);
}

door_counts guarded_door::counts() const {
  const auto& counts = dog_->counts;
  return {dog_->connections(), counts.accepted,     counts.refused,    counts.handshakes_failed,  counts.too_often,
          counts.late,         counts.slow_readers, shared_->requests, counts.refused_by_reason()};
}

void guarded_door::stop() {
  if (stopped_) return;
  stopped_ = true;
  in_.stop();
  wait_for_answers();
  dog_->wait_answered(std::chrono::seconds{1});
  io_.stop();
  dog_->cut_all();
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  actor_ = nullptr;
  broker_ = nullptr;
}

/// The message alone holds the promise: should the actor be gone, the message goes too, and the wait ends.
void guarded_door::wait_for_answers() {
  auto closed = std::make_shared<std::promise<void>>();
  const auto done = closed->get_future();
  caf::anon_send(actor_, close_door{[kept = std::move(closed)] { kept->set_value(); }});
  done.wait();
}

} // namespace stele::gateway
