// Events a second through the PostgreSQL store, beside bare libpq with the same batches on the same server. Rounds of
// both alternate; medians are shown. Prints a table; passes no verdict.
//   postgres_rate [ROUNDS]
#include "tests/bench/bare_postgres.hpp"
#include "tests/kit/postgres_place.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace bench {

namespace {

using namespace stele;
using steady = std::chrono::steady_clock;
using batches = std::vector<event_batch>;

/// A thousand streams of four events at a time, those of one lane.
batches make_batches(std::size_t size, std::size_t count, std::uint32_t lane, std::uint32_t lanes) {
  constexpr std::size_t streams_at_a_time = 1000, events_each = 4;
  kit::event_maker maker;
  const std::string payload = "{\"order_id\":\"" + std::string(200, 'x') + "\"}";
  std::vector<std::string> streams;
  std::size_t made = 0, named = 0;
  batches all;
  while (all.size() < count) {
    auto batch = std::make_shared<std::vector<recorded_event>>();
    for (std::size_t i = 0; i < size; ++i, ++made) {
      const std::size_t stream =
          made / (streams_at_a_time * events_each) * streams_at_a_time + made % streams_at_a_time;
      while (streams.size() <= stream)
        if (auto id = "order-" + to_string(hash_to_uuid(std::to_string(++named))); shard_of(id, 64) % lanes == lane)
          streams.push_back(std::move(id));
      batch->push_back(maker.next(streams[stream], payload));
    }
    all.push_back(std::move(batch));
  }
  return all;
}

struct run {
  double events_a_second = 0, p50_ms = 0, p99_ms = 0;
};

/// Each lane's batches one after another, the lanes at the same time. `append(lane, batch)` returns when it is durable.
template <class Append>
run measure(const std::vector<batches>& lanes, Append append) {
  std::vector<std::vector<double>> took(lanes.size());
  const auto begin = steady::now();
  std::vector<std::thread> threads;
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane)
    threads.emplace_back([&, lane] {
      for (const event_batch& batch : lanes[lane]) {
        const auto start = steady::now();
        append(lane, batch);
        took[lane].push_back(std::chrono::duration<double, std::milli>(steady::now() - start).count());
      }
    });
  for (std::thread& it : threads) it.join();
  const double seconds = std::chrono::duration<double>(steady::now() - begin).count();
  std::vector<double> all;
  for (const auto& it : took) all.insert(all.end(), it.begin(), it.end());
  std::sort(all.begin(), all.end());
  const auto events = static_cast<double>(all.size() * lanes[0][0]->size());
  return {events / seconds, all[all.size() / 2], all[all.size() * 99 / 100]};
}

run measure_bare(const std::string& uri, const std::vector<batches>& lanes) {
  bare_postgres::make(uri);
  std::vector<std::unique_ptr<bare_postgres>> connections;
  for (std::uint32_t i = 0; i < lanes.size(); ++i) connections.push_back(std::make_unique<bare_postgres>(uri, i));
  return measure(lanes, [&](std::uint32_t lane, const event_batch& batch) { connections[lane]->append(*batch); });
}

run measure_store(const std::vector<batches>& lanes) {
  kit::postgres_place place;
  place.options.lanes = static_cast<std::uint32_t>(lanes.size());
  auto store = place.open();
  return measure(lanes, [&](std::uint32_t lane, const event_batch& batch) {
    const auto answer = kit::append_to(*store, batch, lane);
    if (!answer) throw std::runtime_error(answer.error().what);
  });
}

run median(std::vector<run> runs) {
  std::sort(runs.begin(), runs.end(), [](const run& a, const run& b) { return a.events_a_second < b.events_a_second; });
  return runs[runs.size() / 2];
}

void compare(std::size_t size, std::size_t count, std::uint32_t lanes, int rounds) {
  const std::string uri = kit::postgres_server::shared().uri();
  std::vector<batches> work;
  for (std::uint32_t lane = 0; lane < lanes; ++lane) work.push_back(make_batches(size, count, lane, lanes));
  std::vector<run> bare, store;
  for (int i = 0; i < rounds; ++i) {
    bare.push_back(measure_bare(uri, work));
    store.push_back(measure_store(work));
  }
  const run b = median(bare), s = median(store);
  std::printf("%5u %6zu %9.0f %6.2f %6.2f %10.0f %6.2f %6.2f %8.2f\n", lanes, size, b.events_a_second, b.p50_ms,
              b.p99_ms, s.events_a_second, s.p50_ms, s.p99_ms, s.events_a_second / b.events_a_second);
  std::fflush(stdout);
}

} // namespace

} // namespace bench

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 3;
  std::printf("lanes  batch | bare: events/s, p50, p99 ms | store | ratio\n");
  for (std::uint32_t lanes : {1u, 2u})
    for (const auto& [size, batches] : {std::pair<std::size_t, std::size_t>{1, 1000}, {10, 500}, {100, 200}, {500, 60}})
      bench::compare(size, batches, lanes, rounds);
}
