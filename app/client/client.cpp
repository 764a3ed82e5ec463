#include "app/client/client.hpp"

#include "actors/scheduler.hpp"
#include "app/client/client_actor.hpp"
#include "app/gateway/guarded_scribe.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <future>

namespace stele {

namespace {

struct client_config : caf::actor_system_config {
  client_config() {
    prepare_for_clients(*this);
    use_own_scheduler(*this, 1);
  }
};

std::uint32_t milliseconds(std::int64_t it) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(it, 0, UINT32_MAX));
}

} // namespace

struct client::parts {
  explicit parts(client_options it)
      : options(std::move(it)), system(config), actor(spawn_client(system, options, seen)) {
    gateway::forget_actor_system();
  }

  ~parts() {
    caf::scoped_actor self{system};
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
    actor = nullptr;
  }

  /// Asks, and waits for the answer.
  template <class Value>
  outcome<Value> ask(request it) {
    auto promise = std::make_shared<std::promise<response>>();
    auto answer = promise->get_future();
    caf::anon_send(actor, client_call{std::move(it), [promise](const response& how) { promise->set_value(how); }});
    promise.reset(); // The message alone holds it now: should it be lost, the wait ends.
    return outcome_of<Value>(answer.get());
  }

  std::int64_t query_timeout(const query_options& it) const { return it.timeout_ms.value_or(options.query_timeout_ms); }

  const client_options options;
  const std::shared_ptr<client_session> seen = std::make_shared<client_session>();
  client_config config;
  caf::actor_system system;
  caf::actor actor;
};

client::client(client_options options) : parts_(std::make_unique<parts>(std::move(options))) {}
client::~client() = default;
client::client(client&&) noexcept = default;
client& client::operator=(client&&) noexcept = default;

outcome<accepted> client::send(std::string aggregate, std::string id, std::string type, std::string body,
                               send_options options) {
  return parts_->ask<accepted>(command_request{
      std::move(aggregate), std::move(id), std::move(type), std::move(body), options.command_id.value_or(uuid{}),
      options.expected_version, milliseconds(options.timeout_ms.value_or(parts_->options.command_timeout_ms)),
      std::move(options.traceparent)});
}

outcome<found> client::get(std::string view, std::string key, query_options options) {
  return parts_->ask<found>(lookup_request{std::move(view), std::move(key), std::move(options.after),
                                           milliseconds(parts_->query_timeout(options))});
}

outcome<found> client::query(std::string name, std::string parameters, query_options options) {
  return parts_->ask<found>(query_request{std::move(name), std::move(parameters), std::move(options.after),
                                          milliseconds(parts_->query_timeout(options))});
}

outcome<past_state> client::state_at_version(std::string aggregate, std::string id, stream_version version) {
  return parts_->ask<past_state>(state_request{std::move(aggregate), std::move(id), false, version,
                                               milliseconds(parts_->options.query_timeout_ms)});
}

outcome<past_state> client::state_at_time(std::string aggregate, std::string id, unix_ms at) {
  return parts_->ask<past_state>(state_request{std::move(aggregate), std::move(id), true,
                                               static_cast<std::uint64_t>(at),
                                               milliseconds(parts_->options.query_timeout_ms)});
}

outcome<found_events> client::events(std::uint64_t after, std::uint32_t limit, std::int64_t wait_ms,
                                     std::string aggregate) {
  return parts_->ask<found_events>(all_events_request{after, limit, milliseconds(wait_ms), std::move(aggregate),
                                                      milliseconds(wait_ms + parts_->options.query_timeout_ms)});
}

outcome<server_info> client::hello() { return parts_->ask<server_info>(hello_request{}); }

void client::send_later(command_request it, std::function<void(outcome<accepted>)> done) {
  caf::anon_send(parts_->actor, client_call{std::move(it), [done = std::move(done)](const response& how) {
                                              done(outcome_of<accepted>(how));
                                            }});
}

std::string client::session() const { return parts_->seen->after({}); }
void client::forget_session() { parts_->seen->forget(); }

client connect(std::vector<std::string> servers) {
  client_options options;
  options.servers = std::move(servers);
  return client{std::move(options)};
}

} // namespace stele
