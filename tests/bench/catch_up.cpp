// A view that reads the whole log: when it is new, and when it is rebuilt; beside libpq that reads in chunks and
// upserts what it folded, in turn.
#include "tests/bench/bare_appends.hpp"
#include "tests/bench/bare_views.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/place.hpp"

#include <poll.h>

namespace bench {
namespace {

/// Events a second of a bare program that reads 1000 events of a shard, folds them and upserts their rows.
double bare_fold(const assignment& given, const std::string& schema, std::size_t events) {
  const auto db = connect_bare(given.postgres);
  stele::postgres::parameters values;
  const std::string sql = "SELECT " + std::string(stele::postgres::event_columns) + " FROM " + schema +
                          ".es_events e WHERE e.shard = $1 AND e.position > $2 ORDER BY e.position LIMIT $3";
  values.add_integer(0).add_bigint(0).add_bigint(0);
  prepare_bare(db.get(), "read", sql, values);
  bare_projection into(given.postgres);
  std::size_t done = 0;
  const auto begin = steady::now();
  for (stele::shard_number shard = 0; shard < 64; ++shard)
    for (std::uint64_t after = 0;;) {
      values.clear();
      values.add_integer(shard).add_bigint(after).add_bigint(1000);
      const stele::postgres::result rows(run_bare(db.get(), "read", values).release());
      const auto found = stele::postgres::read_events(rows);
      if (found.empty()) break;
      into.write(found);
      after = found.back().position;
      done += found.size();
    }
  if (done != events) throw std::runtime_error("the bare program read " + std::to_string(done) + " events");
  return static_cast<double>(done) / seconds_since(begin);
}

/// Waits until the rebuild that was asked for has ended.
void wait_for_rebuild(shop& it) {
  for (;;) {
    std::promise<std::vector<stele::view_report>> answer;
    it.node().reports([&](auto reports) { answer.set_value(std::move(reports)); });
    const auto report = answer.get_future().get().at(0);
    if (report.state == "running" && !report.last_rebuild.empty()) return;
    ::poll(nullptr, 0, 20); // A report comes when it is asked for, never by itself.
  }
}

double rebuild(shop& it, std::size_t events) {
  std::promise<std::optional<stele::refusal>> begun;
  const auto begin = steady::now();
  it.node().rebuild("order_views", [&](auto no) { begun.set_value(std::move(no)); });
  if (const auto no = begun.get_future().get()) throw std::runtime_error(no->message);
  wait_for_rebuild(it);
  return static_cast<double>(events) / seconds_since(begin);
}

/// The view was never there.
void forget_view(const stele::store_options& of) {
  const auto& schema = of.schema;
  run_script(of.uri, "DROP TABLE " + schema + ".order_views; DELETE FROM " + schema + ".es_views; DELETE FROM " +
                         schema + ".es_checkpoints");
}

void one_round(const assignment& given, const stele::store_options& where, std::size_t events) {
  const double bare = bare_fold(given, where.schema, events);
  {
    const auto begin = steady::now();
    shop it(where, views::orders);
    it.wait_for_view();
    if (given.has("catch-up")) print_round("catch-up", static_cast<double>(events) / seconds_since(begin), bare);
    if (given.has("rebuild")) print_round("rebuild", rebuild(it, events), bare);
  }
  forget_view(where);
}

void run(const assignment& given) {
  const std::size_t events = given.how_much == scale::quick ? 50'000 : 1'000'000;
  const int rounds = given.how_much == scale::quick ? 1 : 2; // A long round says as much as many short ones.
  const postgres_place place(given.postgres);
  fill_log(place.options, events);
  for (int i = 0; i < rounds; ++i) one_round(given, place.options, events);
  run_script(given.postgres, "DROP SCHEMA IF EXISTS bare_view CASCADE");
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
