#include "app/load/site.hpp"

#include "app/client/client_actor.hpp"
#include "app/load/http_nodes.hpp"
#include "app/load/questions.hpp"
#include "persistence/codec.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <future>
#include <thread>

namespace stele::load {

namespace {

/// Where there is another node to ask, for how long one may say nothing.
constexpr std::int64_t silence_ms_max = 3'000;

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

std::vector<std::string> names_of(const endpoints& nodes) {
  std::vector<std::string> names;
  for (const auto& each : nodes) names.push_back(each.where());
  return names;
}

std::string nobody_at(const endpoints& nodes, const std::string& why) {
  std::string all;
  for (const auto& name : names_of(nodes)) all += (all.empty() ? "" : ", ") + name;
  return all + ": " + why + (nodes.size() == 1 ? "; is the node running?" : "; is any node running?");
}

/// The ids of all orders of a client begin alike.
std::string client_of(const operation& it) {
  if (it.order_id.empty()) return it.customer_id + it.text;
  return it.order_id.substr(0, it.order_id.rfind('.'));
}

class http_target : public target {
public:
  http_target(const endpoints& nodes, std::size_t connections) : names_(names_of(nodes)), nodes_(nodes, connections) {}

  void send(const operation& it, std::function<void(answer)> done) override {
    const bool command = !it.command.empty();
    auto what = to_http(it);
    if (nodes_.count() > 1) what.answer_ms_max = silence_ms_max + (command ? 0 : query_wait_ms);
    nodes_.send(std::move(what), begins_at(it), command ? command_ms_max : 2 * query_wait_ms,
                [it, done = std::move(done)](const http_reply& how) {
                  done(how.status == 0 ? no_answer(how) : from_http(it, how.status, how.body));
                });
  }

  std::vector<std::string> nodes() const override { return names_; }
  std::size_t begins_at(const operation& it) const override { return nodes_.begins_at(client_of(it)); }

  void lags(std::function<void(std::vector<view_lag>)> done) override {
    nodes_.send({"GET", "/views", {}, {}}, 0, 0, [done = std::move(done)](const http_reply& how) {
      done(how.status == 200 ? lags_from_http(how.body) : std::vector<view_lag>{});
    });
  }

  // A sentence when nobody answers.
  std::optional<std::string> knock() {
    std::promise<http_reply> promise;
    auto heard = promise.get_future();
    nodes_.send({"GET", "/readyz", {}, {}}, 0, 0, [&](http_reply how) { promise.set_value(std::move(how)); });
    const auto how = heard.get();
    if (how.status == 200) return std::nullopt;
    return how.status == 0 ? how.body : "it answers " + std::to_string(how.status) + ' ' + how.body;
  }

private:
  const std::vector<std::string> names_;
  http_nodes nodes_;
};

class http_site : public site {
public:
  http_site(const endpoints& nodes, std::size_t connections) : system_(config_), node_(nodes, connections) {}

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
  void connect(caf::actor_system& system, const far_gateways& gateways, std::size_t connections) {
    names_ = names_of(gateways.at);
    client_options options;
    options.servers = names_;
    options.certificate = gateways.tls.certificate;
    options.private_key = gateways.tls.private_key;
    options.authority = gateways.tls.authority;
    options.server_names = gateways.tls.names;
    options.read_your_writes = false; // Tokens are sent where the mix asks for them.
    for (std::size_t i = 0; i < std::max(connections, names_.size()); ++i) {
      clients_.push_back(spawn_client(system, options));
      std::rotate(options.servers.begin(), options.servers.begin() + 1, options.servers.end());
    }
  }

  ~gateway_target() override {
    for (const auto& each : clients_) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  void watch(const endpoints& nodes) { views_ = std::make_unique<http_target>(nodes, 1); }

  void send(const operation& it, std::function<void(answer)> done) override {
    caf::anon_send(clients_[way_of(it)], client_call{to_request(it), [done = std::move(done)](const response& how) {
                                                       done(to_answer(how));
                                                     }});
  }

  std::vector<std::string> nodes() const override { return names_; }
  std::size_t begins_at(const operation& it) const override { return way_of(it) % names_.size(); }

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
  std::size_t way_of(const operation& it) const { return std::hash<std::string>()(it.order_id) % clients_.size(); }

  std::vector<std::string> names_;
  std::vector<caf::actor> clients_; ///< The servers of each are those of the one before, turned by one.
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

opened_site open_http(const endpoints& nodes, std::size_t connections) {
  auto opened = std::make_unique<http_site>(nodes, connections);
  if (const auto why = opened->knock()) return nobody_at(nodes, *why);
  return std::unique_ptr<site>(std::move(opened));
}

opened_site open_gateway(const far_gateways& gateways, std::size_t connections, const endpoints& lags_from) {
  auto opened = std::make_unique<gateway_site>();
  // A thread that ends at once: CAF waits, when an actor system goes, for every thread that spawned in it.
  std::thread([&] { opened->gateway().connect(opened->system(), gateways, connections); }).join();
  if (!lags_from.empty()) opened->gateway().watch(lags_from);
  if (const auto why = opened->gateway().knock()) return nobody_at(gateways.at, *why);
  return std::unique_ptr<site>(std::move(opened));
}

} // namespace stele::load
