#include "tests/app/http/shop.hpp"

#include "actors/hosted.hpp"
#include "actors/node.hpp"
#include "app/http/order_routes.hpp"
#include "app/http/server.hpp"
#include "app/http/standard_routes.hpp"
#include "domain/account_view.hpp"
#include "domain/customer_view.hpp"
#include "domain/order_view.hpp"
#include "persistence/json_document.hpp"
#include "persistence/memory/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace stele::http {
namespace {

registry everything() {
  registry out;
  out.aggregates = {host_aggregate<order::aggregate>(), host_aggregate<account::aggregate>()};
  out.views = {host_view<order_view::view>(), host_view<account_view::view>(), host_view<customer_view::view>()};
  out.queries = {host_query<order_view::orders_of_customer>(), host_query<order_view::search_orders>(),
                 host_query<account_view::accounts_of_owner>()};
  return out;
}

std::shared_ptr<memory_disk> new_disk() {
  auto disk = std::make_shared<memory_disk>(64);
  disk->identity.history = *parse_uuid("018e4c5a-7c00-7000-8000-000000000001");
  return disk;
}

http_settings on_any_port(http_settings settings) {
  settings.port = 0;
  return settings;
}

} // namespace

struct shop::parts {
  parts(http_settings numbers, actor_settings actors, clock& time, random_source& random)
      : settings(on_any_port(std::move(numbers))), storage(make_memory_store({disk, 64, 1, {}})), system(options),
        inside(node_parts{system, *storage, hosted, actors, time, random}) {
    routes table;
    add_order_routes(table, inside, settings);
    add_standard_routes(table, inside, settings, counters);
    door = std::make_unique<server>(settings, std::move(table), counters);
    const auto wrong = door->start();
    EXPECT_EQ(wrong.value_or(""), "");
    caller.emplace("127.0.0.1", door->port());
    while (!inside.ready()) std::this_thread::yield();
  }

  http_settings settings;
  std::shared_ptr<memory_disk> disk = new_disk();
  std::unique_ptr<store> storage;
  registry hosted = everything();
  caf::actor_system_config options;
  caf::actor_system system;
  node inside;
  std::shared_ptr<server_counters> counters = std::make_shared<server_counters>();
  std::unique_ptr<server> door;
  std::optional<http_client> caller;
};

shop::shop(http_settings settings, actor_settings numbers)
    : parts_(std::make_unique<parts>(std::move(settings), numbers, time, random)) {}

shop::~shop() = default;

std::uint16_t shop::port() const { return parts_->door->port(); }
uuid shop::history() const { return parts_->disk->identity.history; }

void shop::stop() {
  std::promise<void> stopped;
  parts_->door->stop([&] { stopped.set_value(); });
  stopped.get_future().wait();
}

void shop::drain() {
  std::promise<void> finished;
  parts_->inside.drain([&] { finished.set_value(); });
  finished.get_future().wait();
}

void shop::set_event_limit(std::uint64_t limit) {
  const std::lock_guard hold(parts_->disk->mutex);
  parts_->disk->event_limit = limit;
}

client_response shop::call(std::string_view method, std::string_view target, std::string_view body,
                           const header_list& headers) {
  auto answer = parts_->caller->request(method, target, body, headers);
  if (answer.has_value()) return *std::move(answer);
  ADD_FAILURE() << method << ' ' << target << ": " << answer.error().what;
  return {};
}

std::string shop::create(std::string_view id, std::string_view customer) {
  const auto answer = call("POST", "/orders",
                           R"({"order_id":")" + std::string(id) + R"(","customer_id":")" + std::string(customer) +
                               R"(","items":[{"product_id":"lamp","quantity":2,"price":9.99}],)"
                               R"("shipping_address":{"city":"London"}})");
  EXPECT_EQ(answer.status, 201u) << answer.body;
  return member(answer.body, "token");
}

std::string member(const std::string& json, std::string_view name) {
  json_document document;
  if (document.read(json) || document.root().kind != json_kind::object) return {};
  for (const auto *key = document.root().first(), *end = document.root().end(); key != end; key = key->next()->next()) {
    if (key->text != name) continue;
    if (key->next()->kind == json_kind::string) return std::string(key->next()->text);
    std::string out;
    append_json(out, *key->next(), false);
    return out;
  }
  return {};
}

} // namespace stele::http
