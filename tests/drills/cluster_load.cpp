#include "tests/drills/cluster_load.hpp"

#include "app/http/http_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <variant>

namespace drill {

namespace json = boost::json;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t caf_callers_per_client = 2, http_callers_per_node = 2;
constexpr std::chrono::milliseconds think_time{4}, pause_before_retry{20};
constexpr std::chrono::seconds http_wait{3};

double ms_since(clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(clock::now() - begin).count();
}

/// One command of a caller: on an order of its own, so it knows the version it must lead to.
struct work {
  std::string key, order_id, type, body;
  std::uint64_t version = 1;
};

/// The version it was accepted at, or what was said.
using try_outcome = std::variant<std::uint64_t, std::string>;

} // namespace

double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::min(values.size(), std::max<std::size_t>(place, 1)) - 1];
}

std::string new_key() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch()); // As clients make them: ids that rise.
  return stele::to_string(stele::make_uuid_v7(now.count(), random(), random()));
}

class cluster_load::caller {
public:
  /// Over CAF.
  explicit caller(stele::client& by) : by_(&by) {}
  /// Over HTTP, at the node `at` first.
  caller(std::vector<std::uint16_t> ports, std::size_t at) : ports_(std::move(ports)) { move_to(at); }

  void next() {
    if (now_.order_id.empty() || now_.version == 5) now_ = {};
    now_.key = new_key();
    if (now_.order_id.empty()) {
      now_.order_id = now_.key;
      now_.version = 1;
      now_.type = "create_order";
      now_.body = R"({"customer_id":"ada","items":[{"product_id":"lamp","quantity":1,"price":19.98}],)"
                  R"("shipping_address":{"city":"Turin"}})";
      return;
    }
    ++now_.version;
    now_.type = "add_order_item";
    now_.body = R"({"product_id":"bulb","quantity":2,"price":0.5})";
  }

  try_outcome send() { return by_ ? send_caf() : send_http(); }
  told_command told() const { return {now_.key, "order-" + now_.order_id, now_.version}; }
  std::string where() const { return by_ ? "over CAF" : "over HTTP at " + std::to_string(at_ + 1); }
  std::uint64_t wanted_version() const { return now_.version; }
  void forget_order() { now_ = {}; } ///< Nobody knows how its last command ended.

private:
  try_outcome send_caf() {
    stele::send_options how;
    how.command_id = stele::parse_uuid(now_.key);
    const auto done = by_->send("order", now_.order_id, now_.type, now_.body, how);
    if (done) return done->version;
    return "CAF " + std::string(to_string(done.error().kind)) + " " + done.error().code;
  }

  try_outcome send_http() {
    const auto answer =
        node_->request("POST", "/order/" + now_.order_id + "/" + now_.type, now_.body, {{"Idempotency-Key", now_.key}});
    if (!answer.has_error() && (answer->status == 200 || answer->status == 201))
      return json::parse(answer->body).at("version").to_number<std::uint64_t>();
    move_to(at_ + 1); // As a balancer would.
    if (answer.has_error()) return std::string(answer.error().sent ? "HTTP no answer" : "HTTP not connected");
    const auto body = json::parse(answer->body);
    return "HTTP " + std::to_string(answer->status) + " " + std::string(body.at("code").as_string());
  }

  void move_to(std::size_t at) {
    at_ = at % ports_.size();
    node_ = std::make_unique<stele::http::http_client>("127.0.0.1", ports_[at_], http_wait);
  }

  stele::client* by_ = nullptr; ///< Null: over HTTP.
  std::vector<std::uint16_t> ports_;
  std::size_t at_ = 0;
  std::unique_ptr<stele::http::http_client> node_;
  work now_;
};

cluster_load::cluster_load(const cluster_nodes& nodes) {
  constexpr std::size_t known = 3; // What an operator has told the clients.
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < known; ++i) ports.push_back(nodes.http_port(i));
  for (std::size_t i = 0; i < known; ++i) {
    stele::client_options how;
    for (std::size_t j = 0; j < known; ++j) how.servers.push_back(nodes.gateway((i + j) % known));
    clients_.push_back(std::make_unique<stele::client>(how));
    for (std::size_t j = 0; j < caf_callers_per_client; ++j)
      callers_.push_back(std::make_unique<caller>(*clients_.back()));
    for (std::size_t j = 0; j < http_callers_per_node; ++j) callers_.push_back(std::make_unique<caller>(ports, i));
  }
  for (auto& it : callers_) threads_.emplace_back([this, &one = *it] { run(one); });
}

cluster_load::~cluster_load() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  for (auto& it : threads_) it.join();
}

void cluster_load::go() {
  const std::lock_guard lock(mutex_);
  going_ = true;
  changed_.notify_all();
}

void cluster_load::rest() {
  std::unique_lock lock(mutex_);
  going_ = false;
  changed_.notify_all();
  changed_.wait(lock, [this] { return open_ == 0; });
}

met cluster_load::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(met_, {});
}

void cluster_load::remember(told_command it) {
  const std::lock_guard lock(mutex_);
  told_.push_back(std::move(it));
}

void cluster_load::met_error(const std::string& what) {
  const std::lock_guard lock(mutex_);
  ++met_.errors[what];
}

std::vector<told_command> cluster_load::told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

bool cluster_load::may_begin() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, think_time, [this] { return closed_; });
  changed_.wait(lock, [this] { return going_ || closed_; });
  if (closed_) return false;
  ++open_;
  return true;
}

void cluster_load::run(caller& one) {
  while (may_begin()) {
    one.next();
    const auto begin = clock::now();
    auto outcome = one.send();
    while (std::holds_alternative<std::string>(outcome) && clock::now() - begin < give_up) {
      met_error(std::get<std::string>(outcome));
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, pause_before_retry, [this] { return closed_; });
      if (closed_) break;
      lock.unlock();
      outcome = one.send();
    }
    const std::lock_guard lock(mutex_);
    if (const auto* version = std::get_if<std::uint64_t>(&outcome)) {
      told_.push_back(one.told());
      met_.took_ms.push_back(ms_since(begin));
      if (met_.took_ms.back() > met_.slowest_ms) {
        met_.slowest_ms = met_.took_ms.back();
        met_.slowest = one.told().stream_id + " " + one.where() + ", shard " +
                       std::to_string(stele::shard_of(one.told().stream_id, cluster_nodes::shards));
      }
      if (*version != one.wanted_version())
        met_.failed.push_back("the command " + one.told().key + " was accepted as version " + std::to_string(*version) +
                              " and must lead to " + std::to_string(one.wanted_version()));
    } else {
      met_.failed.push_back("the command " + one.told().key + " was not done: " + std::get<std::string>(outcome));
      one.forget_order();
    }
    --open_;
    changed_.notify_all();
  }
}

} // namespace drill
