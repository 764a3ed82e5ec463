// Bare libpq under the same load as a node: the same events in batches of the same mean size, on as many connections.
#pragma once

#include "tests/bench/bare_events.hpp"
#include "tests/bench/bare_postgres.hpp"
#include "tests/bench/bench_node.hpp"
#include "tests/bench/closed_loop.hpp"

#include <future>
#include <thread>

namespace bench {

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
  bare_postgres::make(uri);
  std::vector<std::unique_ptr<bare_postgres>> to;
  std::vector<std::vector<double>> took(connections);
  std::vector<std::size_t> events(connections);
  for (std::uint32_t i = 0; i < connections; ++i) to.push_back(std::make_unique<bare_postgres>(uri, i));
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
