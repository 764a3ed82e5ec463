#include "tests/drills/history_check.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <map>

namespace drill {

namespace json = boost::json;

namespace {

/// Where each command of one order stands in its log: command id → versions of its events.
using places = std::map<std::string, std::vector<std::uint64_t>>;

std::uint64_t number(const json::value& in, std::string_view field) { return in.at(field).to_number<std::uint64_t>(); }

class order_check {
public:
  order_check(stele::http::http_client& node, const std::string& order_id, std::vector<std::string>& broken)
      : node_(node), order_id_(order_id), broken_(broken) {}

  void read_history() {
    for (;;) {
      const auto page = get("/orders/" + order_id_ + "/events?after_version=" + std::to_string(last_));
      if (!page.is_object()) return;
      for (const auto& event : page.at("items").as_array()) take(event.as_object());
      if (!page.at("more").as_bool()) return;
    }
  }

  void acknowledged(const sent_command& it) {
    const auto found = places_.find(it.key);
    if (found == places_.end())
      return complain("the command " + it.key + " was acknowledged as version " + std::to_string(it.version) +
                      " and is not in the log");
    if (found->second.back() != it.version)
      complain("the command " + it.key + " was acknowledged as version " + std::to_string(it.version) +
               " and stands at " + std::to_string(found->second.back()));
  }

  void once_each() {
    for (const auto& [key, versions] : places_)
      if (versions.size() != 1)
        complain("the command " + key + " is there " + std::to_string(versions.size()) + " times");
  }

  void row_is_the_sum() {
    if (last_ == 0) return;
    const auto row = get("/orders/" + order_id_);
    if (!row.is_object()) return;
    if (number(row, "version") != last_ || number(row, "item_count") != items_)
      complain("the row says version " + std::to_string(number(row, "version")) + " with " +
               std::to_string(number(row, "item_count")) + " items, the log version " + std::to_string(last_) +
               " with " + std::to_string(items_));
  }

  std::uint64_t events() const { return last_; }

private:
  json::value get(const std::string& target) {
    auto answer = node_.request("GET", target);
    while (!answer.has_error() && answer->status == 503)
      answer = node_.request("GET", target); // Readers come back last.
    if (answer.has_error()) return complain("GET " + target + ": " + answer.error().what), nullptr;
    if (answer->status == 404) return nullptr; // An order whose creation nobody acknowledged may not exist.
    if (answer->status != 200) return complain("GET " + target + ": " + answer->body), nullptr;
    return json::parse(answer->body);
  }

  void take(const json::object& event) {
    const auto version = number(event, "version");
    if (version != last_ + 1)
      complain("version " + std::to_string(version) + " follows version " + std::to_string(last_));
    last_ = version;
    places_[std::string(event.at("command_id").as_string())].push_back(version);
    const auto& type = event.at("type").as_string();
    if (type == "order_created") items_ += event.at("data").at("items").as_array().size();
    if (type == "order_item_added") ++items_;
  }

  void complain(const std::string& what) { broken_.push_back("order " + order_id_ + ": " + what); }

  stele::http::http_client& node_;
  std::string order_id_;
  std::vector<std::string>& broken_;
  places places_;
  std::uint64_t last_ = 0, items_ = 0;
};

} // namespace

checked check_orders(std::uint16_t port, const std::deque<caller>& callers, const std::set<std::string>& orders,
                     std::vector<std::string>& broken) {
  stele::http::http_client node("127.0.0.1", port);
  std::map<std::string, std::vector<const sent_command*>> told;
  for (const auto& one : callers)
    for (const auto& it : one.acknowledged())
      if (orders.count(it.order_id) != 0) told[it.order_id].push_back(&it);
  checked sum;
  for (const auto& order_id : orders) {
    order_check check(node, order_id, broken);
    check.read_history();
    for (const auto* it : told[order_id]) check.acknowledged(*it);
    check.once_each();
    check.row_is_the_sum();
    sum.orders += 1;
    sum.events += check.events();
    sum.commands += told[order_id].size();
  }
  return sum;
}

std::set<std::string> touched_since(const std::deque<caller>& callers, std::vector<std::size_t>& seen) {
  std::set<std::string> orders;
  seen.resize(callers.size());
  for (std::size_t i = 0; i < callers.size(); ++i) {
    const auto& done = callers[i].acknowledged();
    for (; seen[i] < done.size(); ++seen[i]) orders.insert(done[seen[i]].order_id);
    if (callers[i].open()) orders.insert(callers[i].open()->order_id);
  }
  return orders;
}

} // namespace drill
