#include "app/client/connector.hpp"

#include "app/client/attempt.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

namespace stele {

namespace {

/// Of a response; the server's own limit is below it.
constexpr std::uint32_t response_bytes_max = 16u << 20;

const security::caf_tls_words tls_words{"certificate", "private_key", "authority", "server_names",
                                        "stele certs FOLDER --node NAME --client NAME"};

security::secured<security::caf_tls_ptr> tls_of(const client_options& it) {
  return security::make_caf_tls({it.certificate, it.private_key, it.authority, it.server_names}, tls_words);
}

gateway::filter_rules rules_of(caf::actor_system& system) {
  gateway::filter_rules rules;
  rules.payload_bytes_max = response_bytes_max;
  rules.self = gateway::wire_node(system);
  rules.we_accepted = false;
  return rules; // Nothing is published: a server can answer, and nothing else.
}

} // namespace

connector::connector(caf::event_based_actor& owner, const client_options& options)
    : owner_(owner), options_(options), dialer_(options.connect_timeout_ms),
      broker_(gateway::basp_broker_of(owner.system())) {}

void connector::want(std::int64_t now_us) {
  if (busy_ || now_us < next_try_us_ || options_.servers.empty()) return;
  busy_ = true;
  const auto& server = options_.servers[next_server_++ % options_.servers.size()];
  auto ended = [owner = caf::actor_cast<caf::actor_addr>(&owner_)](gateway::dial_result how) {
    if (const auto alive = caf::actor_cast<caf::actor>(owner))
      caf::anon_send(alive, call_ended{how});
    else if (const auto* call = std::get_if<gateway::dialed>(&how))
      gateway::hang_up(*call);
  };
  auto tls = tls_of(options_);
  if (!tls) return ended(gateway::dial_failure{"Can't connect to " + server + ": " + tls.error().what + '.'});
  dialer_.dial(server, options_.connect_timeout_ms, std::move(*tls), std::move(ended));
}

void connector::called(call_ended& it, std::int64_t now_us, std::uint64_t random) {
  if (auto* failure = std::get_if<gateway::dial_failure>(&it.how))
    return failed(std::move(failure->why), now_us, random);
  auto& call = std::get<gateway::dialed>(it.how);
  gateway::guarded_connection guarded{call.socket, rules_of(owner_.system()), std::move(call.held_by), dialer_.dog()};
  guarded.session = std::move(call.session);
  auto scribe = gateway::make_guarded_scribe(owner_.system(), std::move(guarded));
  link_ = owner_.spawn<link_actor>(caf::actor_cast<caf::actor>(&owner_), ++number_, broker_, std::move(scribe),
                                   options_.connect_timeout_ms);
}

bool connector::up(const link_up& it) {
  if (!is_present(it.link)) return false;
  up_ = true;
  failures_ = 0;
  return true;
}

bool connector::lost(const link_lost& it, std::int64_t now_us, std::uint64_t random) {
  if (!is_present(it.link)) return false;
  const bool was_up = up_;
  failed(it.why, now_us, random);
  if (was_up) next_try_us_ = now_us; // A connection that worked is worth a try at once.
  return true;
}

void connector::leave(std::int64_t now_us) {
  if (!up_) return;
  owner_.send_exit(link_, caf::exit_reason::user_shutdown);
  link_ = nullptr;
  ++number_; // What it may still say is not heard.
  busy_ = up_ = false;
  next_try_us_ = now_us;
  want(now_us);
}

void connector::send(std::uint64_t request, std::vector<std::uint8_t> bytes) {
  owner_.send(link_, to_server{request, {std::move(bytes)}});
}

void connector::failed(std::string why, std::int64_t now_us, std::uint64_t random) {
  fault_ = std::move(why);
  busy_ = up_ = false;
  link_ = nullptr;
  ++number_;
  next_try_us_ = now_us + 1000 * pause_ms(failures_++, options_.backoff_ms_min, options_.backoff_ms_max, random);
}

void connector::close() {
  if (link_) owner_.send_exit(link_, caf::exit_reason::user_shutdown);
  link_ = nullptr;
  broker_ = nullptr;
  busy_ = true; // Nothing is dialed any more.
  up_ = false;
}

} // namespace stele
