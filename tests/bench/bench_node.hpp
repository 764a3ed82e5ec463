// What the benchmarks share: a node over a store in this process, and callers who each wait for one answer at a time.
#pragma once

#include "actors/hosted.hpp"
#include "actors/node.hpp"
#include "domain/order_view.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace bench {

struct caf_options : caf::actor_system_config {
  caf_options() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-throughput", std::size_t{300});
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
  std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

/// The order service over one store; with its view or without.
class shop {
public:
  shop(const std::string& uri, bool with_view) : system_(options_) {
    hosted_.aggregates.push_back(stele::host_aggregate<order::aggregate>());
    if (with_view) hosted_.views.push_back(stele::host_view<order_view::view>());
    auto opened = stele::open_store({.uri = uri});
    if (!opened) throw std::runtime_error(opened.error().what);
    store_ = std::move(*opened);
    stele::actor_settings settings;
    settings.snapshot_events = 0;
    node_ = std::make_unique<stele::node>(stele::node_parts{system_, *store_, hosted_, settings});
    while (!node_->ready()) std::this_thread::yield();
  }

  ~shop() { drain(); }

  /// Returns when all that was accepted is durable, answered and folded.
  void drain() {
    std::promise<void> done;
    node_->drain([&] { done.set_value(); });
    done.get_future().wait();
  }

  stele::node& node() { return *node_; }
  const stele::registry& hosted() const { return hosted_; }
  const stele::node_counters& counters() const { return node_->counters(); }

private:
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

using steady = std::chrono::steady_clock;

inline double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

inline double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

inline double median(const std::vector<double>& values) { return percentile(values, 0.5); }

} // namespace bench
