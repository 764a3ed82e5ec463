#include "app/load/site.hpp"

#include "app/client/client_actor.hpp"
#include "app/load/http_connections.hpp"
#include "app/load/questions.hpp"
#include "persistence/codec.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <future>
#include <thread>

namespace stele::load {

namespace {

struct plain_config : caf::actor_system_config {
  plain_config() { set("scheduler.policy", caf::atom("sharing")); }
};

struct client_config : plain_config {
  client_config() { prepare_for_clients(*this); }
};

answer no_answer(const http_reply& how) {
  answer out;
  out.refused = how.sent ? refusal{refusal_kind::outcome_unknown, "no_answer", how.body, {}}
                         : refusal{refusal_kind::unavailable, "no_connection", how.body, {}};
  return out;
}

class http_target : public target {
public:
  http_target(const endpoint& node, std::size_t connections) : node_(node, connections) {}

  void send(const operation& it, std::function<void(answer)> done) override {
    node_.send(to_http(it), [it, done = std::move(done)](const http_reply& how) {
      done(how.status == 0 ? no_answer(how) : from_http(it, how.status, how.body));
    });
  }

  void lags(std::function<void(std::vector<view_lag>)> done) override {
    node_.send({"GET", "/views", {}, {}}, [done = std::move(done)](const http_reply& how) {
      done(how.status == 200 ? lags_from_http(how.body) : std::vector<view_lag>{});
    });
  }

  // A sentence when nobody answers.
  std::optional<std::string> knock() {
    std::promise<http_reply> promise;
    auto heard = promise.get_future();
    node_.send({"GET", "/readyz", {}, {}}, [&](http_reply how) { promise.set_value(std::move(how)); });
    const auto how = heard.get();
    if (how.status == 200) return std::nullopt;
    return how.status == 0 ? how.body : "it answers " + std::to_string(how.status) + ' ' + how.body;
  }

private:
  http_connections node_;
};

class http_site : public site {
public:
  http_site(const endpoint& node, std::size_t connections) : system_(config_), node_(node, connections) {}

  std::optional<std::string> knock() { return node_.knock(); }
  caf::actor_system& system() override { return system_; }
  target& node() override { return node_; }

private:
  plain_config config_;
  caf::actor_system system_;
  http_target node_;
};

answer to_answer(const response& how) {
  answer out;
  if (const auto* why = std::get_if<refusal>(&how)) {
    out.refused = *why;
  } else if (const auto* done = std::get_if<accepted>(&how)) {
    out.version = done->version;
    out.repeated = done->repeated;
    out.at = parse_token(done->token).value_or(token{});
    if (!out.at.positions.empty()) std::tie(out.shard, out.position) = out.at.positions.front();
  } else if (const auto* rows = std::get_if<found>(&how)) {
    for (const auto& json : rows->rows)
      if (order_view::row row; !decode_stored(json, row)) out.rows.push_back(std::move(row));
    out.total = rows->total;
    out.stale = rows->stale;
    out.at = parse_token(rows->token).value_or(token{});
  }
  return out;
}

request to_request(const operation& it) {
  constexpr auto wait_ms = static_cast<std::uint32_t>(query_wait_ms);
  const auto after = it.after.empty() ? std::string() : to_text(it.after);
  if (!it.command.empty())
    return command_request{
        "order", it.order_id, it.command, it.body, it.key, std::nullopt, static_cast<std::uint32_t>(command_ms_max)};
  if (is_look_up(it)) return lookup_request{std::string(order_view::view::name), it.order_id, after, wait_ms};
  return query_request{query_name(it), query_parameters(it), after, wait_ms};
}

// A client serves many actors of the load: each connection has its own.
class gateway_target : public target {
public:
  void connect(caf::actor_system& system, const far_gateway& gateway, std::size_t connections) {
    client_options options;
    options.servers = {gateway.where()};
    options.certificate = gateway.tls.certificate;
    options.private_key = gateway.tls.private_key;
    options.authority = gateway.tls.authority;
    options.server_names = gateway.tls.names;
    options.read_your_writes = false; // Tokens are sent where the mix asks for them.
    for (std::size_t i = 0; i < connections; ++i) clients_.push_back(spawn_client(system, options));
  }

  ~gateway_target() override {
    for (const auto& each : clients_) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  void watch(const endpoint& node) { views_ = std::make_unique<http_target>(node, 1); }

  void send(const operation& it, std::function<void(answer)> done) override {
    caf::anon_send(client_of(it), client_call{to_request(it),
                                              [done = std::move(done)](const response& how) { done(to_answer(how)); }});
  }

  void lags(std::function<void(std::vector<view_lag>)> done) override {
    views_ ? views_->lags(std::move(done)) : done({});
  }

  std::optional<std::string> knock() {
    auto promise = std::make_shared<std::promise<response>>();
    auto heard = promise->get_future();
    caf::anon_send(clients_.front(),
                   client_call{hello_request{}, [promise](const response& how) { promise->set_value(how); }});
    promise.reset();
    const auto how = heard.get();
    const auto* why = std::get_if<refusal>(&how);
    return why ? std::optional(why->message) : std::nullopt;
  }

private:
  // Operations of one order go one way, so that they arrive in the order they were sent.
  const caf::actor& client_of(const operation& it) const {
    return clients_[std::hash<std::string>()(it.order_id) % clients_.size()];
  }

  std::vector<caf::actor> clients_;
  std::unique_ptr<http_target> views_;
};

class gateway_site : public site {
public:
  gateway_site() : system_(config_) {}

  caf::actor_system& system() override { return system_; }
  target& node() override { return node_; }
  gateway_target& gateway() { return node_; }

private:
  client_config config_;
  caf::actor_system system_;
  gateway_target node_;
};

} // namespace

opened_site open_http(const endpoint& node, std::size_t connections) {
  auto opened = std::make_unique<http_site>(node, connections);
  if (const auto why = opened->knock())
    return node.host + ':' + std::to_string(node.port) + ": " + *why + "; is the node running?";
  return std::unique_ptr<site>(std::move(opened));
}

std::string far_gateway::where() const {
  return (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + std::to_string(port);
}

opened_site open_gateway(const far_gateway& gateway, std::size_t connections, const endpoint& lags_from) {
  auto opened = std::make_unique<gateway_site>();
  // A thread that ends at once: CAF waits, when an actor system goes, for every thread that spawned in it.
  std::thread([&] { opened->gateway().connect(opened->system(), gateway, connections); }).join();
  if (!lags_from.host.empty()) opened->gateway().watch(lags_from);
  if (const auto why = opened->gateway().knock()) return gateway.where() + ": " + *why + "; is the node running?";
  return std::unique_ptr<site>(std::move(opened));
}

} // namespace stele::load
