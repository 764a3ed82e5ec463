// Commands a second on the memory store and on SQLite, the latter beside a bare SQLite loop that commits batches of the
// same size. Rounds of both alternate; medians are shown. Prints tables; passes no verdict.
#include "tests/bench/bare_sqlite.hpp"
#include "tests/bench/bench_node.hpp"

#include <atomic>

namespace bench {
namespace {

struct rate {
  double commands_a_second = 0, p50_ms = 0, p99_ms = 0, mean_batch = 0;
};

/// A caller creates an order, adds three items to it, and begins anew.
class sender {
public:
  sender(shop& it, std::size_t number, std::atomic<bool>& stop, std::function<void()> ended)
      : shop_(it), number_(number), stop_(stop), ended_(std::move(ended)) {}

  void send() {
    if (sent_ % 4 == 0) order_id_ = std::to_string(number_) + "." + std::to_string(sent_);
    auto it = sent_ % 4 == 0 ? make_command(order_id_, "create_order", create_body(number_))
                             : make_command(order_id_, "add_order_item", add_body);
    ++sent_;
    const auto begin = steady::now();
    it->answer = [this, begin](const stele::command_outcome& outcome) {
      took_ms.push_back(seconds_since(begin) * 1e3);
      if (!std::holds_alternative<stele::acceptance>(outcome)) ++refused;
      if (stop_) return ended_();
      send();
    };
    shop_.node().submit(std::move(it));
  }

  std::vector<double> took_ms;
  std::size_t refused = 0;

private:
  shop& shop_;
  std::size_t number_, sent_ = 0;
  std::string order_id_;
  std::atomic<bool>& stop_;
  std::function<void()> ended_;
};

rate measure(const std::string& uri, bool with_view, std::size_t callers, double seconds) {
  shop it(uri, with_view);
  std::atomic<bool> stop = false;
  std::atomic<std::size_t> running = callers;
  std::promise<void> all_ended;
  std::vector<std::unique_ptr<sender>> senders;
  for (std::size_t i = 0; i < callers; ++i)
    senders.push_back(std::make_unique<sender>(it, i, stop, [&] {
      if (running.fetch_sub(1) == 1) all_ended.set_value();
    }));
  const auto begin = steady::now();
  for (auto& one : senders) one->send();
  auto ended = all_ended.get_future();
  ended.wait_for(std::chrono::duration<double>(seconds));
  stop = true;
  ended.wait();
  const double took = seconds_since(begin);
  std::vector<double> all;
  std::size_t refused = 0;
  for (auto& one : senders) {
    all.insert(all.end(), one->took_ms.begin(), one->took_ms.end());
    refused += one->refused;
  }
  if (refused != 0) std::printf("%zu commands were refused: this line says nothing\n", refused);
  const auto batches = static_cast<double>(it.counters().batches.load());
  const auto events = static_cast<double>(it.counters().batch_events.sum.load());
  return {static_cast<double>(all.size()) / took, percentile(all, 0.5), percentile(all, 0.99),
          batches == 0 ? 1 : events / batches};
}

void memory_line(bool with_view, std::size_t callers, int rounds, double seconds) {
  std::vector<double> rates, p50, p99;
  for (int i = 0; i < rounds; ++i) {
    const auto one = measure("memory:", with_view, callers, seconds);
    rates.push_back(one.commands_a_second);
    p50.push_back(one.p50_ms);
    p99.push_back(one.p99_ms);
  }
  std::printf("%-7s %-5s %8zu %11.0f %9.3f %9.3f\n", "memory", with_view ? "yes" : "no", callers, median(rates),
              median(p50), median(p99));
}

void sqlite_line(bool with_view, std::size_t callers, int rounds, double seconds) {
  std::vector<double> rates, p50, p99, batches, bare, ratios;
  for (int i = 0; i < rounds; ++i) {
    scratch folder;
    const auto one = measure("sqlite:" + folder.file("node.db"), with_view, callers, seconds);
    const auto batch = static_cast<std::size_t>(one.mean_batch + 0.5);
    const double beside = bare_events_a_second(folder.file("bare.db"), batch, seconds);
    rates.push_back(one.commands_a_second);
    p50.push_back(one.p50_ms);
    p99.push_back(one.p99_ms);
    batches.push_back(one.mean_batch);
    bare.push_back(beside);
    ratios.push_back(one.commands_a_second / beside);
  }
  std::printf("%-7s %-5s %8zu %11.0f %9.3f %9.3f %8.1f %11.0f %6.2f (%.2f..%.2f)\n", "sqlite", with_view ? "yes" : "no",
              callers, median(rates), median(p50), median(p99), median(batches), median(bare), median(ratios),
              percentile(ratios, 0), percentile(ratios, 1));
  std::fflush(stdout);
}

void run(int rounds, double seconds) {
  std::printf("one event a command; a quarter creates an order, the rest add an item; medians of %d rounds of %.1f s\n",
              rounds, seconds);
  std::printf("%-7s %-5s %8s %11s %9s %9s %8s %11s %6s\n", "store", "view", "callers", "commands/s", "p50 ms", "p99 ms",
              "batch", "bare/s", "ratio");
  for (const bool with_view : {false, true}) {
    for (const std::size_t callers : {1, 100, 1000}) memory_line(with_view, callers, rounds, seconds);
    for (const std::size_t callers : {1, 100, 1000}) sqlite_line(with_view, callers, rounds, seconds);
  }
}

} // namespace
} // namespace bench

int main(int argc, char** argv) { bench::run(argc > 1 ? std::stoi(argv[1]) : 5, argc > 2 ? std::stod(argv[2]) : 1); }
