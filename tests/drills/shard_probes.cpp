#include "tests/drills/shard_probes.hpp"

#include <future>
#include <stdexcept>

namespace drill {

using clock = std::chrono::steady_clock;

namespace {

constexpr std::int64_t give_up_ms = 30'000, backoff_ms = 50;

stele::client_options options_for(const cluster_nodes& nodes) {
  stele::client_options how;
  for (const std::size_t i : {2u, 1u, 0u}) how.servers.push_back(nodes.gateway(i));
  how.command_timeout_ms = give_up_ms;
  how.backoff_ms_max = backoff_ms;
  return how;
}

stele::command_request command_for(const std::string& id, std::uint64_t version) {
  stele::command_request it;
  it.aggregate = "order";
  it.id = id;
  it.type = version == 0 ? "create_order" : "add_order_item";
  it.body = version == 0 ? R"({"customer_id":"probe","items":[{"product_id":"lamp","quantity":1,"price":1}],)"
                           R"("shipping_address":{}})"
                         : R"({"product_id":"bulb","quantity":1,"price":1})";
  it.command_id = *stele::parse_uuid(new_key());
  it.timeout_ms = give_up_ms;
  return it;
}

/// A command, when it was answered, and how.
struct answer {
  stele::outcome<stele::accepted> outcome;
  clock::time_point at;
};

} // namespace

shard_probes::shard_probes(const cluster_nodes& nodes, cluster_load& book) : book_(book), client_(options_for(nodes)) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0, found = 0; found < orders_.size(); ++i) {
    const auto id = "probe-" + std::to_string(i);
    const auto shard = stele::shard_of("order-" + id, cluster_nodes::shards);
    if (!orders_[shard].id.empty()) continue;
    orders_[shard].id = id;
    all.push_back(shard);
    ++found;
  }
  std::vector<std::string> broken;
  send(all, clock::now(), broken);
  if (!broken.empty()) throw std::runtime_error(broken.front());
}

std::vector<double> shard_probes::send(const std::vector<std::uint32_t>& shards, clock::time_point begin,
                                       std::vector<std::string>& broken) {
  std::vector<stele::command_request> commands;
  std::vector<std::future<answer>> answers;
  for (const auto shard : shards) {
    commands.push_back(command_for(orders_[shard].id, orders_[shard].version));
    auto promise = std::make_shared<std::promise<answer>>();
    answers.push_back(promise->get_future());
    client_.send_later(commands.back(), [promise](auto outcome) {
      promise->set_value({std::move(outcome), clock::now()});
    });
  }
  std::vector<double> took_ms;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const auto it = answers[i].get();
    const auto key = to_string(commands[i].command_id);
    if (!it.outcome) {
      broken.push_back("shard " + std::to_string(shards[i]) + ": the command " + key +
                       " was not done: " + it.outcome.error().code + ": " + it.outcome.error().message);
      continue;
    }
    took_ms.push_back(std::chrono::duration<double, std::milli>(it.at - begin).count());
    orders_[shards[i]].version = it.outcome->version;
    book_.remember({key, "order-" + orders_[shards[i]].id, it.outcome->version});
  }
  return took_ms;
}

} // namespace drill
