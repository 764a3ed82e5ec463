#include "tests/drills/load.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <chrono>
#include <cstdio>

namespace drill {

namespace json = boost::json;

void progress::count() {
  const std::lock_guard lock(mutex_);
  ++counted_;
  changed_.notify_all();
}

void progress::leave() {
  const std::lock_guard lock(mutex_);
  --callers_;
  changed_.notify_all();
}

void progress::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

std::uint64_t progress::counted() {
  const std::lock_guard lock(mutex_);
  return counted_;
}

void progress::pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(20), [this] { return stopped_.load(); });
}

bool progress::wait_for(std::uint64_t acknowledgements) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return counted_ >= acknowledgements || callers_ == 0; });
  return counted_ >= acknowledgements;
}

std::string caller::make_key() {
  char text[37];
  const auto a = random_(), b = random_();
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(a >> 32),
                static_cast<unsigned>(a >> 16) & 0xffff, static_cast<unsigned>(a) & 0xfff,
                static_cast<unsigned>(b >> 52) & 0xfff, static_cast<unsigned long long>(b & 0xffffffffffff));
  return text;
}

sent_command caller::create(const std::string& id) {
  sent_command it{make_key(), id, "POST", "/orders", {}};
  it.body = R"({"order_id":")" + id + R"(","customer_id":"c)" + std::to_string(number_) +
            R"(","items":[{"product_id":")" + it.key + R"(","quantity":1,"price":19.98}],)" +
            R"("shipping_address":{"city":"Turin","lines":["Via Po 1"]}})";
  return it;
}

sent_command caller::add_item(const std::string& order_id) {
  sent_command it{make_key(), order_id, "POST", "/orders/" + order_id + "/items", {}};
  it.body = R"({"product_id":")" + it.key + R"(","quantity":2,"price":0.5})";
  return it;
}

sent_command caller::next() {
  const auto dice = random_() % 100;
  if (dice < 15) return add_item(shared_order);
  if (live_.empty() || dice < 40) return create(std::to_string(number_) + "." + std::to_string(++made_));
  const auto order_id = live_[random_() % live_.size()];
  if (dice < 86) return add_item(order_id);
  std::erase(live_, order_id);
  if (dice < 93) return {make_key(), order_id, "POST", "/orders/" + order_id + "/ship", {}};
  return {make_key(), order_id, "DELETE", "/orders/" + order_id + "?reason=drill", {}};
}

// True when there is a final answer. No answer, `no effect, try again` and `nobody can tell` leave the command open.
bool caller::deliver(stele::http::http_client& node, sent_command& it, std::vector<std::string>& broken) {
  const auto answer = node.request(it.method, it.target, it.body, {{"Idempotency-Key", it.key}});
  if (answer.has_error()) return false;
  const auto status = answer->status;
  if (status == 429 || status == 503 || status == 504) return false;
  it.status = status;
  if (status == 200 || status == 201) {
    it.version = json::parse(answer->body).at("version").to_number<std::uint64_t>();
    return true;
  }
  broken.push_back(it.method + " " + it.target + " key " + it.key + ": no rule refuses it, but the answer was " +
                   std::to_string(status) + " " + answer->body);
  return true;
}

void caller::settle(sent_command it) {
  if (it.status == 201 && it.order_id != shared_order) live_.push_back(it.order_id);
  acknowledged_.push_back(std::move(it));
}

// A retry of something long acknowledged gets the first answer again.
void caller::repeat_one(stele::http::http_client& node, std::vector<std::string>& broken) {
  if (acknowledged_.empty()) return;
  const auto& first = acknowledged_[random_() % acknowledged_.size()];
  auto again = first;
  if (!deliver(node, again, broken)) return;
  if (again.status != first.status || again.version != first.version)
    broken.push_back("key " + first.key + " was answered " + std::to_string(first.status) + " version " +
                     std::to_string(first.version) + ", and when sent again " + std::to_string(again.status) +
                     " version " + std::to_string(again.version));
}

void caller::create_shared(std::uint16_t port, std::vector<std::string>& broken) {
  stele::http::http_client node("127.0.0.1", port);
  auto it = create(shared_order);
  if (!deliver(node, it, broken)) broken.push_back("the shared order could not be created");
  settle(std::move(it));
}

void caller::settle_open(std::uint16_t port, std::vector<std::string>& broken) {
  if (!open_) return;
  stele::http::http_client node("127.0.0.1", port);
  while (!deliver(node, *open_, broken))
    if (node.request("GET", "/healthz").has_error()) return broken.push_back("the node is gone and nobody killed it");
  settle(*std::exchange(open_, std::nullopt));
}

void caller::run(std::uint16_t port, progress& so_far, std::vector<std::string>& broken) {
  stele::http::http_client node("127.0.0.1", port);
  while (!so_far.stopped()) {
    if (!open_) open_ = next();
    if (!deliver(node, *open_, broken)) {
      // Either the node is gone, and the round with it, or it said to try again.
      if (node.request("GET", "/healthz").has_error()) return so_far.leave();
      so_far.pause();
      continue;
    }
    settle(*std::exchange(open_, std::nullopt));
    so_far.count();
    if (random_() % 20 == 0) repeat_one(node, broken);
  }
}

} // namespace drill
