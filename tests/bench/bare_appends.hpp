// Bare libpq under the same load as a node: the same events in batches of the same mean size, on as many connections.
#pragma once

#include "tests/bench/bare_postgres.hpp"
#include "tests/bench/bench_node.hpp"
#include "tests/bench/closed_loop.hpp"

#include <cmath>
#include <random>

namespace bench {

/// Events like those of the callers, made in place: many orders side by side, each created and given three items.
class bare_events {
public:
  /// Of orders whose shard, modulo `lanes`, is `lane`.
  bare_events(std::size_t orders_at_a_time, std::uint32_t lane, std::uint32_t lanes)
      : lane_(lane), lanes_(lanes), open_(orders_at_a_time), heads_(shards), random_(lane) {}

  const std::vector<stele::recorded_event>& next(std::size_t count) {
    batch_.resize(count);
    for (auto& it : batch_) fill(it);
    return batch_;
  }

  /// Batches of a mean size that is no whole number.
  const std::vector<stele::recorded_event>& next_of_mean(double mean) {
    owed_ += mean;
    const auto count = std::max(1.0, std::floor(owed_));
    owed_ -= count;
    return next(static_cast<std::size_t>(count));
  }

private:
  static constexpr std::uint32_t shards = 64;
  struct order {
    std::string stream_id;
    stele::shard_number shard = 0;
    stele::stream_version version = 4;
  };

  void fill(stele::recorded_event& it) {
    order& mine = open_[turn_++ % open_.size()];
    if (mine.version == 4) begin(mine);
    it.stream_id = mine.stream_id;
    it.shard = mine.shard;
    it.version = ++mine.version;
    it.position = ++heads_[mine.shard];
    it.recorded_at = now_;
    it.event_id = stele::make_uuid_v7(now_, random_(), random_());
    it.command_id = stele::make_uuid_v7(now_, random_(), random_());
    it.command_digest = it.command_id;
    it.type = mine.version == 1 ? "order_created" : "order_item_added";
    it.payload = mine.version == 1 ? created_ : add_body;
  }

  void begin(order& it) {
    it.version = 0;
    do it.stream_id = "order-" + std::to_string(named_ * 7919 % open_.size()) + "." + std::to_string(named_);
    while (++named_, (it.shard = stele::shard_of(it.stream_id, shards)) % lanes_ != lane_);
  }

  const std::uint32_t lane_, lanes_;
  std::vector<order> open_;
  std::vector<stele::shard_position> heads_;
  std::mt19937_64 random_;
  std::size_t turn_ = 0, named_ = 0;
  double owed_ = 0;
  const stele::unix_ms now_ = 1'700'000'000'000;
  const std::string created_ = create_body(1);
  std::vector<stele::recorded_event> batch_;
};

/// Fills the log of a new store.
inline void fill_log(const stele::store_options& where, std::size_t events) {
  auto opened = stele::open_store(where);
  if (!opened) throw std::runtime_error(opened.error().what);
  bare_events maker(4096, 0, 1);
  for (std::size_t done = 0; done < events; done += 5000) {
    std::promise<stele::stored<stele::done>> answer;
    auto batch = std::make_shared<const std::vector<stele::recorded_event>>(maker.next(5000));
    (*opened)->events().append(0, std::move(batch), [&](auto how) { answer.set_value(std::move(how)); });
    if (const auto how = answer.get_future().get(); !how) throw std::runtime_error(how.error().what);
  }
  run_script(where.uri, "ANALYZE " + where.schema + ".es_events");
}

/// Appends on so many connections at a time; `per_second` counts events, the times are those of whole batches.
inline tally bare_appends(const std::string& uri, std::uint32_t connections, double mean_batch, std::size_t orders,
                          double warm, double seconds) {
  bare_postgres::make(uri, order_key::as_the_store);
  std::vector<std::unique_ptr<bare_postgres>> to;
  std::vector<std::vector<double>> took(connections);
  std::vector<std::size_t> events(connections);
  for (std::uint32_t i = 0; i < connections; ++i)
    to.push_back(std::make_unique<bare_postgres>(uri, order_key::as_the_store, i));
  const auto begin = steady::now();
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < connections; ++i)
    threads.emplace_back([&, i] {
      bare_events maker(orders / connections, i, connections);
      for (auto start = begin; seconds_since(begin) < warm + seconds;) {
        const auto& batch = maker.next_of_mean(mean_batch);
        start = steady::now();
        to[i]->append(batch);
        if (seconds_since(begin) < warm) continue;
        took[i].push_back(seconds_since(start) * 1e3);
        events[i] += batch.size();
      }
    });
  for (auto& it : threads) it.join();
  const double measured = seconds_since(begin) - warm;
  std::vector<double> all;
  tally it;
  for (std::uint32_t i = 0; i < connections; ++i) {
    all.insert(all.end(), took[i].begin(), took[i].end());
    it.per_second += static_cast<double>(events[i]) / measured;
  }
  it.p50_ms = percentile(all, 0.5);
  it.p99_ms = percentile(all, 0.99);
  return it;
}

} // namespace bench
