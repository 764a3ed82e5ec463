// Queries: what was just written, looked up and listed by who wrote it; and rows by id, as many as there can be.
#include "tests/bench/bare_appends.hpp"
#include "tests/bench/bare_views.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ordering.hpp"
#include "tests/bench/place.hpp"
#include "tests/bench/sweep.hpp"

namespace bench {
namespace {

constexpr std::size_t callers = 100;

enum class asks { look_up, list };

stele::query_ptr question_of(asks what, std::size_t caller, std::size_t nth) {
  stele::query_ptr it(new stele::query);
  if (what == asks::look_up) {
    it->view = "order_views";
    it->key = std::to_string(caller) + "." + std::to_string(nth / 4);
  } else {
    it->name = "orders_of_customer";
    it->parameters = R"({"customer_id":"customer-)" + std::to_string(caller) + R"("})";
  }
  return it;
}

/// A fresh answer has a row, and waited for what the token speaks of.
bool is_fresh(const stele::query_outcome& outcome) {
  const auto* found = std::get_if<stele::found_rows>(&outcome);
  return found != nullptr && !found->page.rows.empty() && !found->as_of.stale;
}

/// Each caller sends a command and asks with the token of its answer; what is timed is from that answer to the fresh
/// rows. Lists are asked after one of 128 commands: what is
/// wanted is how long one takes, not how many there can be.
closed_loop::work own_reads(shop& to, asks what) {
  return [&to, what](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    auto it = next_of_caller(caller, nth);
    it->answer = [&to, what, caller, nth, ticket](const stele::command_outcome& outcome) {
      const auto* done = std::get_if<stele::acceptance>(&outcome);
      if (done == nullptr) return ticket.done_uncounted(false);
      if (what == asks::list && nth % 128 != caller % 128) return ticket.done_uncounted(true);
      ticket.begin_here();
      auto question = question_of(what, caller, nth);
      question->after = stele::make_token(to.node().identity().history, done->shard, done->position);
      question->answer = [ticket](const stele::query_outcome& found) { ticket.done(is_fresh(found)); };
      to.node().ask(std::move(question));
    };
    to.node().submit(std::move(it));
  };
}

node_tally measure_own(const stele::store_options& where, asks what, const assignment& given) {
  shop it(where, views::orders);
  return run_on(it, callers, own_reads(it, what), given.warm(), given.seconds);
}

void own_look_ups(const assignment& given) {
  if (!given.has("own-look-up-p50") && !given.has("own-look-up-p99")) return;
  const postgres_place place(given.postgres);
  const auto stele = measure_own(place.options, asks::look_up, given);
  for (const auto& [name, value] : {std::pair("own-look-up-p50", stele.p50_ms), {"own-look-up-p99", stele.p99_ms}}) {
    if (!given.has(name)) continue;
    print_wrong(name, stele.wrong);
    print_round(name, value, 0);
  }
}

void own_look_ups_on_sqlite(const assignment& given) {
  if (!given.has("sqlite-own-look-up-p50")) return;
  const sqlite_place place;
  const auto stele = measure_own(place.options, asks::look_up, given);
  print_wrong("sqlite-own-look-up-p50", stele.wrong);
  print_round("sqlite-own-look-up-p50", stele.p50_ms, 0);
}

/// Half of the commits of a bare view take so long, while batches of that size are appended beside it.
double bare_upsert_ms(const assignment& given, double mean_batch) {
  std::atomic<bool> stop{false};
  std::vector<double> took;
  bare_projection to(given.postgres);
  std::thread other([&] {
    bare_events events(16 * callers, 0, 1);
    while (!stop) {
      const auto& batch = events.next_of_mean(mean_batch);
      const auto begin = steady::now();
      to.write(batch);
      took.push_back(seconds_since(begin) * 1e3);
    }
  });
  bare_appends(given.postgres, 1, mean_batch, 16 * callers, given.warm(), given.seconds);
  stop = true;
  other.join();
  took.erase(took.begin(), took.begin() + static_cast<std::ptrdiff_t>(took.size() / 4)); // Warming up.
  return percentile(took, 0.5);
}

void own_lists(const assignment& given) {
  if (!given.has("own-list-p50")) return;
  node_tally stele;
  {
    const postgres_place place(given.postgres);
    stele = measure_own(place.options, asks::list, given);
  }
  print_wrong("own-list-p50", stele.wrong);
  print_round("own-list-p50", stele.p50_ms, bare_upsert_ms(given, stele.mean_batch));
}

/// Looks up so many of `orders` rows at a time on each of two connections.
double bare_look_ups(const assignment& given, const std::string& schema, std::size_t orders) {
  constexpr std::size_t at_a_time = 128;
  std::atomic<std::uint64_t> found{0};
  const auto begin = steady::now();
  const auto look = [&](std::uint64_t seed) {
    const auto db = connect_bare(given.postgres);
    std::mt19937_64 random(seed);
    stele::postgres::parameters keys;
    keys.begin_array(stele::postgres::pg_type::text, 0);
    prepare_bare(db.get(), "any", "SELECT * FROM " + schema + ".order_views WHERE order_id = ANY ($1)", keys);
    while (seconds_since(begin) < given.warm() + given.seconds) {
      keys.clear();
      keys.begin_array(stele::postgres::pg_type::text, at_a_time);
      for (std::size_t i = 0; i < at_a_time; ++i) keys.put_text("o" + std::to_string(random() % orders));
      const auto rows = run_bare(db.get(), "any", keys);
      if (PQntuples(rows.get()) == 0) throw std::runtime_error("bare look-up: no rows");
      if (seconds_since(begin) >= given.warm()) found += at_a_time;
    }
  };
  std::thread first([&] { look(1); }), second([&] { look(2); });
  first.join();
  second.join();
  return static_cast<double>(found) / (seconds_since(begin) - given.warm());
}

void look_ups(const assignment& given) {
  if (!given.has("look-ups")) return;
  const std::size_t orders = given.how_much == scale::quick ? 5'000 : 50'000;
  const postgres_place place(given.postgres);
  stele::actor_settings numbers;
  numbers.row_cache_rows_max = 1; // Every row is read from the store.
  shop it(place.options, views::orders, numbers);
  create_orders(it, "o", 0, orders);
  it.wait_for_view();
  const auto ask = [&it, orders](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    stele::query_ptr question(new stele::query);
    question->view = "order_views";
    question->key = "o" + std::to_string((caller * 7919 + nth * 104'729) % orders);
    question->answer = [ticket](const stele::query_outcome& found) { ticket.done(is_fresh(found)); };
    it.node().ask(std::move(question));
  };
  for (int i = 0; i < given.rounds; ++i) {
    const auto stele = run_on(it, 256, ask, given.warm(), given.seconds);
    print_wrong("look-ups", stele.wrong);
    print_round("look-ups", stele.per_second, bare_look_ups(given, place.options.schema, orders));
  }
}

void run(const assignment& given) {
  for (int i = 0; i < given.rounds; ++i) {
    own_look_ups(given);
    own_lists(given);
    own_look_ups_on_sqlite(given);
  }
  look_ups(given);
  run_script(given.postgres, "DROP SCHEMA IF EXISTS bare CASCADE; DROP SCHEMA IF EXISTS bare_view CASCADE");
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
