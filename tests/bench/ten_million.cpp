// Commands over a store that holds ten million events, beside the same over an empty one.
#include "tests/bench/bare_appends.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ordering.hpp"
#include "tests/bench/place.hpp"

namespace bench {
namespace {

constexpr std::size_t stored_events = 10'000'000, callers = 4096;

node_tally measure(const stele::store_options& where, std::size_t round, const assignment& given) {
  shop it(where, views::none);
  const auto prefix = "r" + std::to_string(round) + "."; // The full store keeps what earlier rounds wrote.
  const auto work = [&it, prefix](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    auto command = next_of_caller(caller, nth);
    command->stream_id.insert(std::string("order-").size(), prefix);
    submit(it, std::move(command), ticket);
  };
  return run_on(it, callers, work, given.warm(), given.seconds);
}

void run(const assignment& given) {
  postgres_place full(given.postgres);
  fill_log(full.options, stored_events);
  for (int i = 0; i < given.rounds; ++i) {
    const auto stele = measure(full.options, static_cast<std::size_t>(i), given);
    const postgres_place place(given.postgres, 1, "bench_empty");
    const auto bare = measure(place.options, 0, given);
    for (const auto& [name, value, beside] : {std::tuple("ten-million-rate", stele.per_second, bare.per_second),
                                              std::tuple("ten-million-p99", stele.p99_ms, bare.p99_ms)}) {
      if (!given.has(name)) continue;
      print_wrong(name, stele.wrong + bare.wrong);
      print_round(name, value, beside);
    }
  }
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
