// How much memory a live order takes beyond its state. Prints a table; passes no verdict.
#include "tests/bench/bench_node.hpp"

#include <sqlite3.h>
#include <malloc.h>

#include <atomic>
#include <fstream>

namespace bench {
namespace {

struct used {
  double heap = 0, resident = 0;
  double cache = 0; ///< Pages SQLite keeps: bounded, and nothing an order takes.
};

used measure() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  const auto heap = mallinfo2();
  return {static_cast<double>(heap.uordblks + heap.hblkhd), resident * static_cast<double>(sysconf(_SC_PAGESIZE)),
          static_cast<double>(sqlite3_memory_used())};
}

/// Sends one command to each order from `begin` to `end`, at most 1000 on their way, and returns when all are answered.
/// Answers how many were accepted.
class sweep {
public:
  sweep(shop& it, std::size_t begin, std::size_t end, std::function<stele::command_ptr(std::size_t)> make)
      : shop_(it), next_(begin), end_(end), open_(end - begin), make_(std::move(make)) {}

  std::size_t run() {
    for (std::size_t i = 0; i < 1000; ++i) send();
    done_.get_future().wait();
    return accepted_;
  }

private:
  void send() {
    const auto i = next_.fetch_add(1);
    if (i >= end_) return;
    auto it = make_(i);
    it->answer = [this](const stele::command_outcome& outcome) {
      if (std::holds_alternative<stele::acceptance>(outcome)) ++accepted_;
      send();
      if (open_.fetch_sub(1) == 1) done_.set_value();
    };
    shop_.node().submit(std::move(it));
  }

  shop& shop_;
  std::atomic<std::size_t> next_;
  std::size_t end_;
  std::atomic<std::size_t> open_, accepted_{0};
  std::function<stele::command_ptr(std::size_t)> make_;
  std::promise<void> done_;
};

/// Heap bytes of one state as these orders have it, measured on many that nobody else holds.
double state_bytes(const shop& it) {
  constexpr std::size_t many = 10'000;
  const auto* type = it.hosted().aggregate("order");
  std::vector<std::unique_ptr<stele::any_state>> states;
  states.reserve(many);
  const auto before = measure();
  for (std::size_t i = 0; i < many; ++i) {
    auto state = type->initial();
    const auto command = type->decode("create_order", create_body(i));
    type->decide(*state, *std::get<std::unique_ptr<stele::any_command>>(command));
    states.push_back(std::move(state));
  }
  return (measure().heap - before.heap) / static_cast<double>(many);
}

void run(std::size_t orders) {
  scratch folder;
  const auto uri = "sqlite:" + folder.file("orders.db");
  const std::size_t warm = orders / 10; // The first ones pay for what all share: pools, caches, prepared statements.
  {
    shop first(uri, false);
    const auto create = [](std::size_t i) { return make_command(std::to_string(i), "create_order", create_body(i)); };
    std::printf("created %zu orders\n", sweep(first, 0, orders + warm, create).run());
  }
  // An order that exists refuses to be created again: that makes it live and leaves it as it is.
  shop second(uri, false);
  const auto touch = [](std::size_t i) { return make_command(std::to_string(i), "create_order", create_body(i)); };
  sweep(second, 0, warm, touch).run();
  const auto before = measure();
  sweep(second, warm, warm + orders, touch).run();
  const auto after = measure();
  const auto each = static_cast<double>(orders);
  const auto line = [&](const char* what, double heap, double resident) {
    std::printf("%-34s %10.0f %10.0f\n", what, heap / each, resident / each);
  };
  const double heap = after.heap - before.heap, resident = after.resident - before.resident;
  const double cache = after.cache - before.cache, state = state_bytes(second) * each;
  std::printf("live aggregates: %llu\n", static_cast<unsigned long long>(second.counters().aggregates_live.load()));
  std::printf("%-34s %10s %10s\n", "bytes per live order", "heap", "resident");
  line("in all", heap, resident);
  line("of these SQLite's page cache", cache, cache);
  line("of these its state", state, state);
  line("beyond its state (goal: 1600)", heap - cache - state, resident - cache - state);
}

} // namespace
} // namespace bench

int main(int argc, char** argv) { bench::run(argc > 1 ? std::stoul(argv[1]) : 100'000); }
