// Commands over SQLite, beside a bare loop of prepared statements with batches of the same size; and over the store in
// memory, beside what CAF itself takes for a request.
#include "tests/bench/bare_caf.hpp"
#include "tests/bench/bare_sqlite.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ordering.hpp"
#include "tests/bench/place.hpp"

namespace bench {
namespace {

void sqlite(const assignment& given, const char* name, std::size_t callers) {
  if (!given.has(name)) return;
  const sqlite_place place;
  node_tally stele;
  {
    shop it(place.options, views::none);
    stele = run_on(it, callers, ordering(it), given.warm(), given.seconds);
  }
  const auto bare = bare_commits(place.folder.file("bare.db"), stele.mean_batch, callers, given.warm(), given.seconds);
  print_wrong(name, stele.wrong);
  print_round(name, stele.per_second, bare.per_second);
}

void memory(const assignment& given) {
  if (!given.has("memory-commands")) return;
  shop it(in_memory(), views::none);
  const auto stele = run_on(it, 1024, ordering(it), given.warm(), given.seconds);
  print_wrong("memory-commands", stele.wrong);
  print_round("memory-commands", stele.per_second, bare_requests(16, given.warm(), given.seconds));
}

void run(const assignment& given) {
  for (int i = 0; i < given.rounds; ++i) {
    sqlite(given, "sqlite-one-caller", 1);
    sqlite(given, "sqlite-saturated", 4096);
    memory(given);
  }
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
