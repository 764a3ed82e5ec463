// How much memory live orders take.
#include "tests/bench/measure.hpp"
#include "tests/bench/place.hpp"
#include "tests/bench/sweep.hpp"

#include <sqlite3.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {
namespace {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// What is used, but for the pages SQLite keeps: they are bounded, and nothing an order takes.
double used_bytes() { return resident_bytes() - static_cast<double>(sqlite3_memory_used()); }

/// In a process of its own: memory that was once taken is not given back, and would be there for what is measured.
void create_elsewhere(const stele::store_options& where, std::size_t orders) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process could be started");
  if (child == 0) {
    {
      shop first(where, views::none);
      create_orders(first, "", 0, orders);
    }
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) throw std::runtime_error("orders could not be created");
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
  create_elsewhere(place.options, orders + warm);
  shop it(place.options, views::none);
  wake(it, 0, warm);
  const double before = used_bytes();
  wake(it, warm, warm + orders);
  if (it.counters().aggregates_live < orders) throw std::runtime_error("some orders are not live any more");
  print_round("live-orders", (used_bytes() - before) / static_cast<double>(orders), 0);
}

/// Resident memory after half of the orders and after all.
std::pair<double, double> wake_in_halves(const stele::store_options& where, std::size_t budget, std::size_t orders) {
  stele::actor_settings numbers;
  numbers.live_bytes_max = budget;
  shop it(where, views::none, numbers);
  wake(it, 0, orders / 2);
  const double half = resident_bytes();
  wake(it, orders / 2, orders);
  return {half, resident_bytes()};
}

void million_orders(const assignment& given) {
  if (!given.has("million-orders") && !given.has("million-orders-budget")) return;
  constexpr std::size_t orders = 1'000'000;
  constexpr double gigabyte = 1e9;
  const sqlite_place place;
  create_elsewhere(place.options, orders);
  // First with the budget: what was once taken is not given back.
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
