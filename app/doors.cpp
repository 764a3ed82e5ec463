#include "app/doors.hpp"

#include "actors/node.hpp"
#include "app/gateway/door.hpp"
#include "app/http/server.hpp"
#include "app/http/standard_routes.hpp"
#include "app/version.hpp"

#include <future>

namespace stele {

struct doors::parts {
  config settings;
  std::unique_ptr<http::server> http;
  std::unique_ptr<gateway::door> gateway;
  std::future<void> http_stopped;

  std::optional<std::string> open_http(node& shop, const std::vector<route_adder>& adders) {
    auto& numbers = settings.http;
    numbers.query_wait_ms_max = settings.actors.query_wait_ms_max;
    numbers.page_size_max = settings.actors.page_size_max;
    auto counters = std::make_shared<http::server_counters>();
    http::routes table;
    for (const auto& add : adders) add(table, shop, numbers);
    http::add_standard_routes(table, shop, numbers, counters);
    http = std::make_unique<http::server>(numbers, std::move(table), std::move(counters));
    return http->start();
  }

  std::optional<std::string> open_gateway(node& shop) {
    auto calls = gateway::calls_of(shop, settings.node_name, std::string(program_version));
    auto opened = gateway::open_door(settings.gateway, std::move(calls));
    if (auto* why = std::get_if<std::string>(&opened)) return std::move(*why);
    gateway = std::move(std::get<std::unique_ptr<gateway::door>>(opened));
    return std::nullopt;
  }

  void stop_http() {
    auto stopped = std::make_shared<std::promise<void>>();
    http_stopped = stopped->get_future();
    http->stop([stopped] { stopped->set_value(); });
  }
};

doors::doors() : parts_(std::make_unique<parts>()) {}

doors::~doors() = default;

std::optional<std::string> doors::open(node& shop, const config& settings, const std::vector<route_adder>& adders) {
  parts_->settings = settings;
  if (auto why = parts_->open_http(shop, adders)) return why;
  return parts_->open_gateway(shop);
}

std::string doors::http_endpoint() const { return parts_->http->endpoint(); }

std::string doors::gateway_endpoint() const {
  const auto& address = parts_->settings.gateway.address;
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? '[' + address + ']' : address) + ':' + std::to_string(parts_->gateway->port());
}

void doors::stop_accepting() {
  parts_->gateway->stop_accepting();
  parts_->stop_http();
}

void doors::close(std::chrono::milliseconds grace) {
  parts_->http_stopped.wait_for(grace);
  parts_->http.reset();
  parts_->gateway->stop();
}

} // namespace stele
