// A node of the order service in this process, and what is sent to it.
#pragma once

#include "actors/hosted.hpp"
#include "actors/node.hpp"
#include "actors/scheduler.hpp"
#include "domain/order_view.hpp"
#include "persistence/store.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

namespace bench {

struct caf_options : caf::actor_system_config {
  caf_options() {
    stele::use_own_scheduler(*this, std::max(2U, std::thread::hardware_concurrency()) - 1); // As `stele node`.
  }
};

/// A folder for the files of one benchmark, gone with it.
class scratch {
public:
  scratch() {
    auto form = (std::filesystem::temp_directory_path() / "stele-bench-XXXXXX").string();
    path_ = mkdtemp(form.data());
  }
  ~scratch() {
    std::error_code ignored; // A folder that stays behind is no reason to fail.
    std::filesystem::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

/// The numbers a node works by when nobody says otherwise.
inline stele::actor_settings usual_numbers() { return {}; }

enum class views { none, orders };

/// The order service over one store.
class shop {
public:
  shop(const stele::store_options& where, views what, stele::actor_settings numbers = usual_numbers())
      : system_(options_) {
    hosted_.aggregates.push_back(stele::host_aggregate<order::aggregate>());
    if (what == views::orders) {
      hosted_.views.push_back(stele::host_view<order_view::view>());
      hosted_.queries.push_back(stele::host_query<order_view::orders_of_customer>());
    }
    auto opened = stele::open_store(where);
    if (!opened) throw std::runtime_error(opened.error().what);
    store_ = std::move(*opened);
    node_ = std::make_unique<stele::node>(stele::node_parts{system_, *store_, hosted_, numbers});
    while (!node_->ready()) std::this_thread::yield();
  }

  ~shop() { drain(); }

  /// Returns when all that was accepted is durable, answered and folded.
  void drain() {
    std::promise<void> done;
    node_->drain([&] { done.set_value(); });
    done.get_future().wait();
  }

  /// Returns when the view's table holds every event there is now.
  void wait_for_view() {
    stele::token all{node_->identity().history, {}};
    const auto heads = durable_heads();
    for (stele::shard_number i = 0; i < heads.size(); ++i)
      if (heads[i] != 0) all.positions.emplace_back(i, heads[i]);
    while (ask_list(all)) {}
  }

  stele::node& node() { return *node_; }
  const stele::registry& hosted() const { return hosted_; }
  const stele::node_counters& counters() const { return node_->counters(); }

private:
  std::vector<stele::shard_position> durable_heads() {
    std::promise<stele::stored<std::vector<stele::shard_position>>> answer;
    store_->events().heads([&](auto heads) { answer.set_value(std::move(heads)); });
    auto heads = answer.get_future().get();
    if (!heads) throw std::runtime_error(heads.error().what);
    return *heads;
  }

  /// Whether the list was still behind `after` when its time was over.
  bool ask_list(const stele::token& after) {
    std::promise<stele::query_outcome> answer;
    stele::query_ptr it(new stele::query);
    it->name = "orders_of_customer";
    it->parameters = R"({"customer_id":"nobody"})";
    it->after = after;
    it->timeout_ms = 30'000;
    it->answer = [&](const stele::query_outcome& outcome) { answer.set_value(outcome); };
    node_->ask(std::move(it));
    const auto outcome = answer.get_future().get();
    if (const auto* no = std::get_if<stele::refusal>(&outcome)) throw std::runtime_error(no->message);
    return std::get<stele::found_rows>(outcome).as_of.stale;
  }

  caf_options options_;
  caf::actor_system system_;
  stele::registry hosted_;
  std::unique_ptr<stele::store> store_;
  std::unique_ptr<stele::node> node_;
};

inline std::string create_body(std::uint64_t customer) {
  return R"({"customer_id":"customer-)" + std::to_string(customer) +
         R"(","items":[{"product_id":"sku-1","quantity":2,"price":19.98},{"product_id":"sku-2","quantity":1,"price":5}],)"
         R"("shipping_address":{"name":"Ada Lovelace","lines":["12 St James's Square"],"city":"London","zip":"SW1Y 4JH"}})";
}

inline const std::string add_body = R"({"product_id":"sku-3","quantity":1,"price":9.5})";

inline stele::command_ptr make_command(std::string order_id, const char* type, std::string body) {
  stele::command_ptr it(new stele::command);
  it->stream_id = "order-" + std::move(order_id);
  it->type = type;
  it->body = std::move(body);
  return it;
}

} // namespace bench
