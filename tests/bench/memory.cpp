// How much memory live orders take.
#include "tests/bench/measure.hpp"
#include "tests/bench/place.hpp"
#include "tests/bench/sweep.hpp"

#include <sqlite3.h>
#include <fstream>
#include <malloc.h>
#include <vector>

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

/// An order that exists refuses to be created again: that makes it live and leaves it as it is.
void wake(shop& it, std::size_t begin, std::size_t end) {
  const auto touch = [](std::size_t i) { return make_command(std::to_string(i), "create_order", create_body(i)); };
  if (sweep(it, begin, end, touch).run() != 0) throw std::runtime_error("an order that was there was created");
}

void live_orders(const assignment& given) {
  if (!given.has("live-orders")) return;
  const std::size_t orders = given.how_much == scale::quick ? 20'000 : 100'000;
  const std::size_t warm = orders / 10; // The first ones pay for what all share: pools, caches, prepared statements.
  const sqlite_place place;
  {
    shop first(place.options, views::none);
    create_orders(first, "", 0, orders + warm);
  }
  shop second(place.options, views::none);
  wake(second, 0, warm);
  const auto before = measure();
  wake(second, warm, warm + orders);
  const auto after = measure();
  if (second.counters().aggregates_live < orders) throw std::runtime_error("some orders are not live any more");
  const double resident = after.resident - before.resident - (after.cache - before.cache);
  print_round("live-orders", resident / static_cast<double>(orders) - state_bytes(second), 0);
}

/// Resident memory after half of the orders and after all.
std::pair<double, double> wake_in_halves(const stele::store_options& where, std::size_t budget, std::size_t orders) {
  stele::actor_settings numbers;
  numbers.live_bytes_max = budget;
  shop it(where, views::none, numbers);
  wake(it, 0, orders / 2);
  const double half = measure().resident;
  wake(it, orders / 2, orders);
  return {half, measure().resident};
}

void million_orders(const assignment& given) {
  if (!given.has("million-orders") && !given.has("million-orders-budget")) return;
  constexpr std::size_t orders = 1'000'000;
  constexpr double gigabyte = 1e9;
  const sqlite_place place;
  {
    shop first(place.options, views::none);
    create_orders(first, "", 0, orders);
  }
  // First with the budget: memory that was once taken is not always given back.
  const auto [half, all] = wake_in_halves(place.options, 256u << 20, orders);
  if (given.has("million-orders-budget")) print_round("million-orders-budget", all / gigabyte, half / gigabyte);
  if (given.has("million-orders"))
    print_round("million-orders", wake_in_halves(place.options, std::size_t{8} << 30, orders).second / gigabyte, 0);
}

void run(const assignment& given) {
  live_orders(given); // Bytes are the same in every round.
  million_orders(given);
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
